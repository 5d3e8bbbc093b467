import { EngineError } from './engine-error';

/** A file is not what its format promises: truncated, damaged, of another format or encoding, or missing. */
export class UnreadableFileError extends EngineError {
  constructor(message: string, cause?: unknown) {
    super(message, {
      class: 'persistent',
      code: 'file-unreadable',
      nextAction: 'Look at the named file, land it again, then run again.',
      cause,
    });
  }
}
