import { reasonOf } from './reason-of';
import { SluiceError } from './sluice-error';

/** The storage account refuses the request for a reason that trying again does not mend. */
export class SourceRequestError extends SluiceError {
  constructor(what: string, connection: string, cause?: unknown) {
    super(`${what} was refused by the source (connection ${connection}): ${reasonOf(cause)}`, {
      class: 'persistent',
      code: 'source-request-refused',
      nextAction: 'Read the cause, correct the connection or the path, then run again.',
      connection,
      cause,
    });
  }
}
