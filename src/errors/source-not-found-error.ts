import { SluiceError } from './sluice-error';

/** The container or the file that a pipeline reads is not there, or no file matches. */
export class SourceNotFoundError extends SluiceError {
  constructor(what: string, connection: string, cause?: unknown) {
    super(`${what} does not exist (connection ${connection})`, {
      class: 'persistent',
      code: 'source-not-found',
      nextAction: 'Land the file or correct source.files, the container or the connection; then run again.',
      connection,
      cause,
    });
  }
}
