import { EngineError } from './engine-error';

/** The engine's fence refused the statement: a file outside the session's folders, the network, an extension, a setting. */
export class EngineQueryRefusedError extends EngineError {
  constructor(message: string, cause?: unknown) {
    super(message, {
      class: 'persistent',
      code: 'engine-query-refused',
      nextAction:
        'An expression or a step asks for something that pipelines may not do; take it out. If none does, report this as a bug with the run id.',
      cause,
    });
  }
}
