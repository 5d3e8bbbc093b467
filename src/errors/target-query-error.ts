import { SluiceError } from './sluice-error';

/** The database refuses a statement as wrong. */
export class TargetQueryError extends SluiceError {
  constructor(message: string, connection: string, cause?: unknown) {
    super(`The target refused a statement (connection ${connection}): ${message}`, {
      class: 'persistent',
      code: 'target-query-failed',
      nextAction:
        'Read the message; correct the table or the verify rule. If neither is wrong, report this as a bug with the run id.',
      connection,
      cause,
    });
  }
}
