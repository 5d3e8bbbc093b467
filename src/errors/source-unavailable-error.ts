import { reasonOf } from './reason-of';
import { SluiceError } from './sluice-error';

/** The storage account does not answer, or asks to be left alone for a while. */
export class SourceUnavailableError extends SluiceError {
  constructor(what: string, connection: string, cause?: unknown, retryAfterMs?: number) {
    super(`${what} cannot be read now (connection ${connection}): ${reasonOf(cause)}`, {
      class: 'transient',
      code: 'source-unavailable',
      nextAction: 'It is tried again by itself; if that does not help, see whether the storage account answers.',
      connection,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      cause,
    });
  }
}
