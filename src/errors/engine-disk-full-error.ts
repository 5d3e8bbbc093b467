import { EngineError } from './engine-error';

/** The disk, or the session's share of it, is full: spill files or an artifact could not be written. */
export class EngineDiskFullError extends EngineError {
  constructor(message: string, cause?: unknown) {
    super(message, {
      class: 'infrastructure',
      code: 'engine-disk-full',
      nextAction:
        'Free disk space or raise the temporary storage limit of the engine; the step is retried, and a later run starts from its source again.',
      cause,
    });
  }
}
