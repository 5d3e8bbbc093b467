import http from 'node:http';
import https from 'node:https';
import { AlertNotSentError } from '../errors/alert-not-sent-error';
import { reasonOf } from '../errors/reason-of';

/** What all channels over HTTP are given. */
export interface HttpOptions {
  /** Name of the channel, for failures. */
  readonly channel: string;
  readonly timeoutMs: number;
  /** Certificates that are trusted beside the usual ones, PEM. */
  readonly ca?: string;
}

export interface HttpMessage {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Answers are read this far; nothing that we need is longer. */
const MOST_BYTES = 1 << 20;
/** What happened before anything was sent. */
const NOT_SENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/**
 * Sends JSON and gives the JSON that comes back; null where none does. Follows nobody to another address. TLS everywhere but on this machine.
 * @throws {AlertNotSentError} for every answer that is no success; `refused` where the other side said so or was not reached.
 */
export async function sendHttp(message: HttpMessage, options: HttpOptions): Promise<unknown> {
  const { status, text, retryAfter } = await request(message, options);
  if (status >= 200 && status < 300) return parsed(text);
  const passes = status === 408 || status === 425 || status === 429 || status >= 500;
  const redirected = status >= 300 && status < 400;
  const reason = redirected ? `it leads to another address (HTTP ${status}), which is not followed` : `HTTP ${status}`;
  const retryAfterMs = retryAfterOf(retryAfter);
  throw new AlertNotSentError(options.channel, reason, {
    fate: 'refused',
    passes,
    ...(retryAfterMs !== null && { retryAfterMs }),
  });
}

/** Milliseconds of a Retry-After, which is seconds or a date; at most an hour. */
export function retryAfterOf(header: string | undefined | null, nowMs: number = Date.now()): number | null {
  if (header === undefined || header === null || header === '') return null;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), 3_600_000);
}

function request(
  { method, url, headers, body }: HttpMessage,
  { channel, timeoutMs, ca }: HttpOptions,
): Promise<{ readonly status: number; readonly text: string; readonly retryAfter: string | undefined }> {
  const content = body === undefined ? undefined : JSON.stringify(body);
  const { protocol } = new URL(url);
  const client = protocol === 'https:' ? https : http;
  const all = {
    accept: 'application/json',
    'user-agent': 'sluice',
    ...(content !== undefined && {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(content)),
    }),
    ...headers,
  };
  return new Promise((resolve, reject) => {
    let secured = protocol === 'http:';
    const fail = (error: unknown): void => {
      const code = (error as NodeJS.ErrnoException).code ?? '';
      // A handshake that failed carried nothing.
      const refused = NOT_SENT.has(code) || !secured;
      const passes = refused ? !/CERT|SSL|ALTNAME|UNABLE_TO|SELF_SIGNED/.test(code) : true;
      reject(
        new AlertNotSentError(channel, reasonOf(error), {
          fate: refused ? 'refused' : 'unknown',
          passes,
          cause: error,
        }),
      );
    };
    const sent = client.request(url, {
      method,
      headers: all,
      agent: false,
      signal: AbortSignal.timeout(timeoutMs),
      ...(ca !== undefined && { ca }),
    });
    sent.on('socket', (socket) =>
      socket.once(protocol === 'https:' ? 'secureConnect' : 'connect', () => (secured = true)),
    );
    sent.on('error', (error) =>
      fail(
        error.name === 'AbortError' || error.name === 'TimeoutError'
          ? new Error(`no answer within ${timeoutMs} ms`)
          : error,
      ),
    );
    sent.on('response', (answer) => {
      const parts: Buffer[] = [];
      let size = 0;
      answer.on('data', (part: Buffer) => {
        size += part.length;
        if (size <= MOST_BYTES) parts.push(part);
      });
      answer.on('error', fail);
      answer.on('end', () => {
        const { statusCode: status = 0 } = answer;
        resolve({ status, text: Buffer.concat(parts).toString('utf8'), retryAfter: answer.headers['retry-after'] });
      });
    });
    sent.end(content);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
