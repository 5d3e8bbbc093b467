import { AuthenticationFailedError } from '../errors/authentication-failed-error';
import { EngineDiskFullError } from '../errors/engine-disk-full-error';
import { SluiceError } from '../errors/sluice-error';
import { SourceChangedError } from '../errors/source-changed-error';
import { SourceNotFoundError } from '../errors/source-not-found-error';
import { SourceRequestError } from '../errors/source-request-error';
import { SourceUnavailableError } from '../errors/source-unavailable-error';

interface Thrown {
  readonly statusCode?: unknown;
  readonly code?: unknown;
  readonly response?: { readonly headers?: { get(name: string): string | undefined } };
}

/** What the storage account answered, as an error that says what to do. https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes */
export function storageErrorOf(error: unknown, what: string, connection: string): SluiceError {
  if (error instanceof SluiceError) return error;
  const { statusCode, code, response } = (typeof error === 'object' && error !== null ? error : {}) as Thrown;
  if (code === 'ENOSPC' || code === 'EDQUOT') return new EngineDiskFullError(`No disk space left for ${what}`, error);
  switch (statusCode) {
    case 404:
      return new SourceNotFoundError(what, connection, error);
    case 412:
    case 416:
      return new SourceChangedError(what, connection, error);
    case 401:
    case 403:
      return new AuthenticationFailedError(what, connection, error);
    default:
  }
  const seconds = Number(response?.headers?.get('retry-after'));
  const retryAfterMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
  // Without a status there was no answer at all: refused, reset, timed out, name not found.
  const again = typeof statusCode !== 'number' || statusCode === 408 || statusCode === 429 || statusCode >= 500;
  return again
    ? new SourceUnavailableError(what, connection, error, retryAfterMs)
    : new SourceRequestError(what, connection, error);
}
