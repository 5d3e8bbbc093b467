import { SluiceError } from './sluice-error';

/** The database of a source has no connection to spare, holds a lock, or stopped a statement that ran too long. */
export class SourceBusyError extends SluiceError {
  constructor(message: string, connection: string, cause?: unknown) {
    super(`The source is busy (connection ${connection}): ${message}`, {
      class: 'transient',
      code: 'source-busy',
      nextAction:
        'It is tried again by itself; if that does not help, read in smaller partitions, raise statementTimeout, or lower the load.',
      connection,
      cause,
    });
  }
}
