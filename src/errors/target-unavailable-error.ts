import { SluiceError } from './sluice-error';

/** The database server refuses connections, went away, or is starting or stopping. */
export class TargetUnavailableError extends SluiceError {
  constructor(message: string, connection: string, cause?: unknown) {
    super(`The target cannot be reached (connection ${connection}): ${message}`, {
      class: 'infrastructure',
      code: 'target-unavailable',
      nextAction:
        'It is tried again by itself; if that does not help, see whether the database server is up and reachable.',
      connection,
      cause,
    });
  }
}
