import { SluiceError } from './sluice-error';

/** A lock, a deadlock or the limit of connections stood in the way; trying again helps. */
export class TargetBusyError extends SluiceError {
  constructor(message: string, connection: string, cause?: unknown) {
    super(`The target is busy (connection ${connection}): ${message}`, {
      class: 'transient',
      code: 'target-busy',
      nextAction: 'It is tried again by itself; if it stays, see who holds locks or connections on the database.',
      connection,
      cause,
    });
  }
}
