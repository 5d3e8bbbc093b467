import { SluiceError } from './sluice-error';

/** The role of the connection may not do what the load needs. */
export class TargetPermissionError extends SluiceError {
  constructor(message: string, connection: string, cause?: unknown) {
    super(`The target does not allow it (connection ${connection}): ${message}`, {
      class: 'persistent',
      code: 'target-permission-denied',
      nextAction: 'Grant the role what is named, then run again.',
      connection,
      cause,
    });
  }
}
