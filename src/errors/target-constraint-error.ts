import { SluiceError } from './sluice-error';

/** The rows break a key, a foreign key, a NOT NULL or a CHECK of the target table. */
export class TargetConstraintError extends SluiceError {
  constructor(message: string, connection: string, cause?: unknown) {
    super(`The rows break a constraint of the target (connection ${connection}): ${message}`, {
      class: 'business',
      code: 'target-constraint-violated',
      nextAction:
        'Add a unique or notNull check to the pipeline so that such rows are quarantined, or mend the data; then run again.',
      dataState: 'staged-not-published',
      connection,
      cause,
    });
  }
}
