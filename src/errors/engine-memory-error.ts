import { EngineError } from './engine-error';

/** The work needs more memory than the session may use, and cannot spill it. The same partition would fail again. */
export class EngineMemoryError extends EngineError {
  constructor(message: string, cause?: unknown) {
    super(message, {
      class: 'persistent',
      code: 'engine-memory-exceeded',
      nextAction:
        'Make the partitions smaller (source.partitions.targetRows) or give the engine more memory, then run again.',
      cause,
    });
  }
}
