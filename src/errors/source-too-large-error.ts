import { SluiceError } from './sluice-error';

/** An answer of a source is larger than its connection allows. */
export class SourceTooLargeError extends SluiceError {
  constructor(what: string, limit: number, connection: string) {
    super(`${what} answers with more than ${limit} bytes (connection ${connection})`, {
      class: 'persistent',
      code: 'source-too-large',
      nextAction: 'Ask for smaller pages, or raise maxResponseBytes of the connection; then run again.',
      connection,
    });
  }
}
