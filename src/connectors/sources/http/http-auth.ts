import type { HttpConnection } from '../../../config/schema/connection';
import { AuthenticationFailedError } from '../../../errors/authentication-failed-error';

/** What a request carries to say who asks. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
}

export interface HttpAuthDependencies {
  /** The value of `${secret:name}`. */
  secret(name: string): Promise<string>;
  /** Forgets a cached value that was refused. */
  forgetSecret(name: string): void;
  /** A token of the app's identity for a scope. */
  identityToken(scope: string): Promise<string>;
  fetch: typeof fetch;
  /** Milliseconds since the epoch. */
  now(): number;
}

interface Token {
  readonly value: string;
  readonly until: number;
}

/** Tokens are fetched anew so long before they end. */
const EARLY_MS = 60_000;
const TOKEN_TIMEOUT_MS = 30_000;

/** The credentials of a connection; tokens are kept until shortly before they end, or until they are refused. */
export class HttpAuth {
  private token: Token | null = null;

  constructor(
    private readonly config: HttpConnection,
    private readonly connection: string,
    private readonly deps: HttpAuthDependencies,
  ) {}

  async credentials(): Promise<Credentials> {
    const { auth } = this.config;
    switch (auth.type) {
      case 'none':
        return { headers: {}, query: {} };
      case 'apiKey': {
        const value = await this.resolve(auth.value);
        return auth.header === undefined
          ? { headers: {}, query: { [auth.query ?? 'api_key']: value } }
          : { headers: { [auth.header]: value }, query: {} };
      }
      case 'basic': {
        const pair = `${auth.user}:${await this.resolve(auth.password)}`;
        return { headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }, query: {} };
      }
      case 'oauth2':
        return bearer(await this.clientToken(auth));
      case 'managedIdentity':
        return bearer(await this.deps.identityToken(auth.scope));
    }
  }

  /** Forgets what was refused, so that the next request asks for it anew. Says whether there was anything to forget. */
  refused(): boolean {
    const { auth } = this.config;
    this.token = null;
    if (auth.type === 'none') return false;
    for (const reference of [
      auth.type === 'apiKey' ? auth.value : auth.type === 'basic' ? auth.password : undefined,
      auth.type === 'oauth2' ? auth.clientSecret : undefined,
    ]) {
      if (reference !== undefined) this.deps.forgetSecret(secretName(reference));
    }
    return true;
  }

  /** Client credentials of RFC 6749, section 4.4; the secret travels in the body, which is never logged. */
  private async clientToken(auth: Extract<HttpConnection['auth'], { type: 'oauth2' }>): Promise<string> {
    if (this.token !== null && this.token.until > this.deps.now()) return this.token.value;
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: auth.clientId,
      client_secret: await this.resolve(auth.clientSecret),
      ...(auth.scope !== undefined && { scope: auth.scope }),
    });
    const answer = await this.deps.fetch(auth.tokenUrl, {
      method: 'POST',
      body: form,
      redirect: 'error',
      signal: AbortSignal.timeout(TOKEN_TIMEOUT_MS),
    });
    const body = (await answer.json().catch(() => ({}))) as { access_token?: unknown; expires_in?: unknown };
    if (!answer.ok || typeof body.access_token !== 'string') {
      throw new AuthenticationFailedError(`The token endpoint (${answer.status})`, this.connection);
    }
    const seconds = Number(body.expires_in);
    const lasts = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 300_000;
    this.token = { value: body.access_token, until: this.deps.now() + Math.max(lasts - EARLY_MS, lasts / 2) };
    return this.token.value;
  }

  private resolve(reference: string): Promise<string> {
    return this.deps.secret(secretName(reference));
  }
}

/** The schema lets nothing but a reference through. */
function secretName(reference: string): string {
  return /^\$\{secret:([a-z0-9-]+)\}$/.exec(reference)?.[1] ?? '';
}

function bearer(token: string): Credentials {
  return { headers: { authorization: `Bearer ${token}` }, query: {} };
}
