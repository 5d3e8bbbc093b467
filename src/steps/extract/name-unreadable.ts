import { EngineQueryError } from '../../errors/engine-query-error';
import { EngineValueError } from '../../errors/engine-value-error';
import { UnreadableFileError } from '../../errors/unreadable-file-error';

/**
 * An error of the engine while it read a file of the source, as one that names the file. No statement of the author's has run by then, so
 * that what looks like a wrong statement or value is a damaged file too. Other errors are given back as they are.
 */
export function nameUnreadable(path: string, error: unknown): unknown {
  const isDamage =
    error instanceof UnreadableFileError || error instanceof EngineQueryError || error instanceof EngineValueError;
  if (!isDamage || error.message.startsWith(`${path}: `)) return error;
  return new UnreadableFileError(`${path}: ${error.message}`, error);
}
