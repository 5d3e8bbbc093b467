import { SluiceError } from './sluice-error';

/** The columns of the target table do not fit those of the pipeline. */
export class TargetSchemaMismatchError extends SluiceError {
  constructor(message: string, connection: string) {
    super(message, {
      class: 'persistent',
      code: 'target-schema-mismatch',
      nextAction: 'Alter the table, or the transform, so that the named columns fit; then run again.',
      connection,
    });
  }
}
