import type { HttpConnection } from '../../../config/schema/connection';
import { AuthenticationFailedError } from '../../../errors/authentication-failed-error';
import { reasonOf } from '../../../errors/reason-of';
import { SourceUnavailableError } from '../../../errors/source-unavailable-error';
import { secretReferenceOf } from '../../../model/secret-reference';
import type { Fetch } from './certified-fetch';
import { retryAfterMs } from './retry-after';

/** What a request carries to say who asks. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
}

export interface HttpAuthDependencies {
  /** The value of `${secret:name}`. */
  secret(name: string): Promise<string>;
  /** Another value than the one that was refused, fetched anew; null where there is none. */
  renewedSecret(name: string, refused: string): Promise<string | null>;
  /** A token of the app's identity for a scope. */
  identityToken(scope: string): Promise<string>;
  fetch: typeof fetch;
  /** Requests to the host of the connection, where it names certificates. */
  readonly certifiedFetch?: Fetch | null;
  /** Milliseconds since the epoch. */
  now(): number;
}

type OAuth2 = Extract<HttpConnection['auth'], { type: 'oauth2' }>;

interface TokenAnswer {
  readonly status: number;
  readonly body: { readonly access_token?: unknown; readonly expires_in?: unknown; readonly error?: unknown };
  readonly retryAfter: number | undefined;
}

interface Token {
  readonly value: string;
  readonly until: number;
}

/** Tokens are fetched anew so long before they end. */
const EARLY_MS = 60_000;
const TOKEN_TIMEOUT_MS = 30_000;
/** What RFC 6749, section 5.2, lets a token endpoint say; nothing else of its answer is repeated. */
const TOKEN_ERRORS: ReadonlySet<string> = new Set([
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
]);

/** The credentials of a connection; tokens are kept until shortly before they end, or until they are refused. */
export class HttpAuth {
  private token: Token | null = null;
  private identityToken: string | null = null;
  /** Values that were shown last, by reference. */
  private readonly shown = new Map<string, string>();

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
        this.identityToken = await this.deps.identityToken(auth.scope);
        return bearer(this.identityToken);
    }
  }

  /**
   * After a 401: whether the next request would carry something else. A token is fetched anew; a key or password counts only where its
   * store has another one by now, so that a wrong one is not sent twice.
   */
  async renew(): Promise<boolean> {
    const { auth } = this.config;
    switch (auth.type) {
      case 'none':
        return false;
      case 'apiKey':
        return this.isRenewed(auth.value);
      case 'basic':
        return this.isRenewed(auth.password);
      case 'oauth2': {
        const had = this.token !== null;
        this.token = null;
        return had;
      }
      case 'managedIdentity': {
        const refused = this.identityToken;
        return refused !== null && (await this.deps.identityToken(auth.scope)) !== refused;
      }
    }
  }

  private async clientToken(auth: OAuth2): Promise<string> {
    if (this.token !== null && this.token.until > this.deps.now()) return this.token.value;
    let answer = await this.askForToken(auth);
    if (isRefused(answer) && (await this.isRenewed(auth.clientSecret))) answer = await this.askForToken(auth);
    const { status, body, retryAfter } = answer;
    if (status === 408 || status === 429 || status >= 500) {
      const cause = new Error(`the server answered ${status}`);
      throw new SourceUnavailableError('The token endpoint', this.connection, cause, retryAfter);
    }
    if (status < 200 || status > 299 || typeof body.access_token !== 'string') {
      const said = TOKEN_ERRORS.has(String(body.error)) ? `, ${String(body.error)}` : '';
      const cause = new Error(`it answered ${status}${said}`);
      throw new AuthenticationFailedError('The token endpoint', this.connection, cause);
    }
    const seconds = Number(body.expires_in);
    const lasts = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 300_000;
    this.token = { value: body.access_token, until: this.deps.now() + Math.max(lasts - EARLY_MS, lasts / 2) };
    return this.token.value;
  }

  /** Client credentials of RFC 6749, section 4.4; the secret travels in the body, which is never logged. */
  private async askForToken(auth: OAuth2): Promise<TokenAnswer> {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: auth.clientId,
      client_secret: await this.resolve(auth.clientSecret),
      ...(auth.scope !== undefined && { scope: auth.scope }),
    });
    let answer: Response;
    try {
      answer = await this.deps.fetch(auth.tokenUrl, {
        method: 'POST',
        body: form,
        redirect: 'error',
        signal: AbortSignal.timeout(TOKEN_TIMEOUT_MS),
      });
    } catch (error) {
      const cause = (error as { readonly cause?: unknown }).cause ?? error;
      throw new SourceUnavailableError('The token endpoint', this.connection, new Error(reasonOf(cause)));
    }
    const body: unknown = await answer.json().catch(() => null);
    return {
      status: answer.status,
      body: typeof body === 'object' && body !== null ? body : {},
      retryAfter: retryAfterMs(answer.headers, this.deps.now()),
    };
  }

  private async resolve(reference: string): Promise<string> {
    const value = await this.deps.secret(secretName(reference));
    this.shown.set(reference, value);
    return value;
  }

  private async isRenewed(reference: string): Promise<boolean> {
    const refused = this.shown.get(reference);
    return refused !== undefined && (await this.deps.renewedSecret(secretName(reference), refused)) !== null;
  }
}

/** A server that knows no such client says 401, or 400 with a word for it. */
function isRefused({ status, body }: TokenAnswer): boolean {
  return status === 401 || (status === 400 && /^(invalid_client|unauthorized_client)$/.test(String(body.error)));
}

/** The schema lets nothing but a reference through. */
function secretName(reference: string): string {
  return secretReferenceOf(reference)?.name ?? '';
}

function bearer(token: string): Credentials {
  return { headers: { authorization: `Bearer ${token}` }, query: {} };
}
