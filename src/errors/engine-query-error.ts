import { EngineError } from './engine-error';

/** The statement is wrong for the relation it reads: syntax, an unknown column or function, or types that do not fit. */
export class EngineQueryError extends EngineError {
  constructor(message: string, cause?: unknown) {
    super(message, {
      class: 'persistent',
      code: 'engine-query-failed',
      nextAction: 'Run sluice validate: it names the step and the expression; correct it and run again.',
      cause,
    });
  }
}
