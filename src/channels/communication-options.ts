import type { CommonClientOptions } from '@azure/core-client';
import { AlertNotSentError } from '../errors/alert-not-sent-error';
import { reasonOf } from '../errors/reason-of';
import { retryAfterOf, type HttpOptions } from './send-http';

/** Options of the clients of Azure Communication Services: retries are ours, and nobody is followed to another address. */
export function clientOptions({ ca }: HttpOptions): CommonClientOptions {
  return {
    retryOptions: { maxRetries: 0 },
    redirectOptions: { maxRetries: 0 },
    ...(ca !== undefined && { tlsOptions: { ca } }),
  };
}

/** What a client threw, as what became of the message. An answer says that it was refused; without one, nobody knows unless nothing was sent. */
export function notSent(error: unknown, { channel, timeoutMs }: HttpOptions): AlertNotSentError {
  if (error instanceof AlertNotSentError) return error;
  const { statusCode, code, name, response } = error as {
    readonly statusCode?: number;
    readonly code?: string;
    readonly name?: string;
    readonly response?: { readonly headers?: { get(name: string): string | undefined } };
  };
  if (statusCode !== undefined) {
    const passes = statusCode === 408 || statusCode === 429 || statusCode >= 500;
    const retryAfterMs = retryAfterOf(response?.headers?.get('retry-after'));
    const reason = `HTTP ${statusCode}${code === undefined ? '' : ` ${code}`}`;
    return new AlertNotSentError(channel, reason, {
      fate: 'refused',
      passes,
      cause: error,
      ...(retryAfterMs !== null && { retryAfterMs }),
    });
  }
  if (name === 'AbortError') {
    return new AlertNotSentError(channel, `no answer within ${timeoutMs} ms`, {
      fate: 'unknown',
      passes: true,
      cause: error,
    });
  }
  const reached = !/ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|CERT|SSL|SELF_SIGNED|UNABLE_TO/.test(
    `${code ?? ''} ${reasonOf(error)}`,
  );
  return new AlertNotSentError(channel, reasonOf(error), {
    fate: reached ? 'unknown' : 'refused',
    passes: true,
    cause: error,
  });
}
