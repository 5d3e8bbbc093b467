import { SluiceError } from './sluice-error';

/** The place that a target names is not there, and Sluice does not make it. */
export class TargetMissingError extends SluiceError {
  constructor(what: string, connection: string, cause?: unknown) {
    super(`${what} of the connection ${connection} does not exist`, {
      class: 'persistent',
      code: 'target-missing',
      nextAction: 'Make it, or correct the connection; then run again.',
      connection,
      cause,
    });
  }
}
