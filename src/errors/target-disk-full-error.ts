import { SluiceError } from './sluice-error';

/** The database server has no disk space (or memory) left. */
export class TargetDiskFullError extends SluiceError {
  constructor(message: string, connection: string, cause?: unknown) {
    super(`The target has no room left (connection ${connection}): ${message}`, {
      class: 'infrastructure',
      code: 'target-disk-full',
      nextAction:
        'Free disk space or memory on the database server; the step is retried, and nothing half-loaded is visible.',
      connection,
      cause,
    });
  }
}
