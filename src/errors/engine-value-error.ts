import { EngineError } from './engine-error';

/** A value met an expression that cannot work on it: a cast that fails, a number out of range. */
export class EngineValueError extends EngineError {
  constructor(message: string, cause?: unknown) {
    super(message, {
      class: 'business',
      code: 'engine-value-failed',
      nextAction: 'Use a cast step, which quarantines such rows, or TRY_CAST in the expression, then run again.',
      cause,
    });
  }
}
