import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpConnection } from '../../../config/schema/connection';
import { AuthenticationFailedError } from '../../../errors/authentication-failed-error';
import { reasonOf } from '../../../errors/reason-of';
import { SluiceError } from '../../../errors/sluice-error';
import { SourceNotFoundError } from '../../../errors/source-not-found-error';
import { SourceRequestError } from '../../../errors/source-request-error';
import { SourceTooLargeError } from '../../../errors/source-too-large-error';
import { SourceUnavailableError } from '../../../errors/source-unavailable-error';
import { TlsFailedError } from '../../../errors/tls-failed-error';
import { durationMs } from '../../../model/duration';
import { countConnection } from '../../../platform/usage-meter';
import { HttpAuth, type HttpAuthDependencies } from './http-auth';
import { retryAfterMs } from './retry-after';

/** An answer with its whole body. */
export interface Page {
  readonly url: URL;
  readonly body: Buffer;
  readonly headers: Headers;
}

export interface HttpClientOptions {
  readonly config: HttpConnection;
  /** The connection's name, for errors. */
  readonly connection: string;
  readonly deps: HttpAuthDependencies;
}

const MAX_REDIRECTS = 5;
const MAX_TRIES = 5;
/** A server that wants to be left alone for longer is the orchestration's business. */
const LONGEST_WAIT_MS = 60_000;

/**
 * GET requests to the one host that the connection names: authenticated, as often as its rate limit allows, bounded in time and size.
 * Requests that the server turns away for a while are tried again after the time it names.
 */
export class HttpClient {
  private readonly base: URL;
  private readonly auth: HttpAuth;
  private nextAt = 0;

  constructor(private readonly options: HttpClientOptions) {
    const { baseUrl } = options.config;
    this.base = new URL(baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`);
    this.auth = new HttpAuth(options.config, options.connection, options.deps);
  }

  /** The address of a path below the base. A leading slash does not leave it. Throws `source-request-refused` for another host. */
  address(path: string, query: Readonly<Record<string, string>> = {}): URL {
    const url = new URL(path.replace(/^\/+/, ''), this.base);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return this.sameHost(url);
  }

  /** The address that an answer names, relative to it. Throws `source-request-refused` for another host. */
  follow(link: string, from: URL): URL {
    if (!URL.canParse(link, from.href)) throw this.refuse(from, 'it leads to what is no address');
    return this.sameHost(new URL(link, from));
  }

  /** Throws `source-unavailable`, `source-not-found`, `source-request-refused`, `source-too-large`, `authentication-failed`. */
  async get(url: URL): Promise<Page> {
    let refused = false;
    for (let attempt = 1; ; attempt += 1) {
      await this.takeTurn();
      const answer = await this.send(url);
      if (answer.status === 401 && !refused) {
        refused = true;
        await answer.body?.cancel();
        if (await this.auth.renew()) continue;
        throw this.errorOf(401, url, undefined);
      }
      if (answer.ok) return { url, headers: answer.headers, body: await this.read(answer, url) };
      await answer.body?.cancel();
      const wait = retryAfterMs(answer.headers, this.options.deps.now());
      const passing = answer.status === 429 || answer.status === 408 || answer.status >= 500;
      const pause = wait ?? Math.min(1000 * 2 ** (attempt - 1), LONGEST_WAIT_MS);
      if (!passing || attempt >= MAX_TRIES || pause > LONGEST_WAIT_MS) throw this.errorOf(answer.status, url, wait);
      await sleep(pause);
    }
  }

  private async send(first: URL): Promise<Response> {
    const { config, deps } = this.options;
    const signal = AbortSignal.timeout(durationMs(config.timeout));
    let url = first;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const { headers, query } = await this.auth.credentials();
      const address = new URL(url);
      for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
      let answer: Response;
      try {
        answer = await (deps.certifiedFetch ?? deps.fetch)(address, {
          headers: { accept: 'application/json, text/csv;q=0.9, */*;q=0.1', ...config.headers, ...headers },
          redirect: 'manual',
          signal,
        });
      } catch (error) {
        if (error instanceof SluiceError) throw error;
        if (isUntrusted(error)) throw new TlsFailedError(this.options.connection, new Error(causeOf(error)));
        throw new SourceUnavailableError(shown(url), this.options.connection, new Error(causeOf(error)));
      }
      const location = answer.headers.get('location');
      if (answer.status < 300 || answer.status >= 400 || location === null) return answer;
      await answer.body?.cancel();
      url = this.follow(location, url);
    }
    throw this.refuse(first, `more than ${MAX_REDIRECTS} redirects`);
  }

  /** The body, as far as the limit allows: a length that is stated is believed only when it is too large. */
  private async read(answer: Response, url: URL): Promise<Buffer> {
    const { maxResponseBytes } = this.options.config;
    const tooLarge = () => new SourceTooLargeError(shown(url), maxResponseBytes, this.options.connection);
    if (Number(answer.headers.get('content-length') ?? 0) > maxResponseBytes) {
      await answer.body?.cancel();
      throw tooLarge();
    }
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    try {
      // The types of Node.js and of the web disagree about what a body yields.
      for await (const chunk of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
        bytes += chunk.byteLength;
        if (bytes > maxResponseBytes) throw tooLarge();
        chunks.push(chunk);
      }
    } catch (error) {
      if (error instanceof SluiceError) throw error;
      throw new SourceUnavailableError(shown(url), this.options.connection, new Error(causeOf(error)));
    }
    countConnection(this.options.connection, { calls: 1, ms: 0, sentBytes: 0, receivedBytes: bytes });
    return Buffer.concat(chunks);
  }

  private sameHost(url: URL): URL {
    if (url.origin === this.base.origin && url.username === '' && url.password === '') return url;
    throw this.refuse(url, `it leaves ${this.base.origin}, the only host of the connection`);
  }

  private refuse(url: URL, reason: string): SourceRequestError {
    return new SourceRequestError(shown(url), this.options.connection, new Error(reason));
  }

  private errorOf(status: number, url: URL, wait: number | undefined): SluiceError {
    const { connection } = this.options;
    const cause = new Error(`the server answered ${status}`);
    if (status === 401 || status === 403) return new AuthenticationFailedError(shown(url), connection, cause);
    if (status === 404 || status === 410) return new SourceNotFoundError(shown(url), connection, cause);
    return status === 408 || status === 429 || status >= 500
      ? new SourceUnavailableError(shown(url), connection, cause, wait)
      : new SourceRequestError(shown(url), connection, cause);
  }

  /** Spaces requests evenly, so that no second of the server's sees more than its share. */
  private async takeTurn(): Promise<void> {
    const { rateLimit } = this.options.config;
    if (rateLimit === undefined) return;
    const now = this.options.deps.now();
    const at = Math.max(now, this.nextAt);
    this.nextAt = at + durationMs(rateLimit.per) / rateLimit.requests;
    if (at > now) await sleep(at - now);
  }
}

/** Without its query, which may hold keys and personal data. */
function shown(url: URL): string {
  return `${url.origin}${url.pathname}`;
}

/** Whether the server showed a certificate that is not trusted: trying again does not help. */
function isUntrusted(error: unknown): boolean {
  const { code, cause } = error as { readonly code?: unknown; readonly cause?: { readonly code?: unknown } };
  return /CERT|ERR_TLS|ERR_SSL|UNABLE_TO_/.test(`${String(code)} ${String(cause?.code)}`);
}

function causeOf(error: unknown): string {
  const cause = (error as { cause?: unknown } | null)?.cause;
  return cause === undefined ? reasonOf(error) : `${reasonOf(error)}: ${reasonOf(cause)}`;
}
