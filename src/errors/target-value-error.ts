import { SluiceError } from './sluice-error';

/** A value cannot be stored in the target: a NUL in a text, a number out of range, an invalid JSON text. */
export class TargetValueError extends SluiceError {
  constructor(message: string, connection: string, cause?: unknown) {
    super(`The target cannot hold a value (connection ${connection}): ${message}`, {
      class: 'business',
      code: 'target-value-refused',
      nextAction: 'Cast, cleanse or filter the column in the pipeline, then run again.',
      connection,
      cause,
    });
  }
}
