import { EngineDiskFullError } from '../errors/engine-disk-full-error';
import { EngineError } from '../errors/engine-error';
import { EngineMemoryError } from '../errors/engine-memory-error';
import { EngineQueryError } from '../errors/engine-query-error';
import { EngineQueryRefusedError } from '../errors/engine-query-refused-error';
import { EngineValueError } from '../errors/engine-value-error';
import { UnreadableFileError } from '../errors/unreadable-file-error';

/**
 * Turns what DuckDB threw into the error a person can act on. DuckDB's only machine-readable part is the kind of error that its
 * message begins with. Messages about values are cut down, because they quote the value.
 */
export function translateError(error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  const text = textOf(error);
  const message = firstPart(text);
  const kind = /^([A-Z][A-Za-z ]*?) Error:/.exec(text)?.[1] ?? '';
  if ((kind === 'IO' || kind === 'Out of Memory') && /No space left|max_temp_directory_size|Disk quota/i.test(text)) {
    return new EngineDiskFullError(`The engine ran out of disk space: ${message}`);
  }
  if (kind === 'Out of Memory') {
    return new EngineMemoryError(`The engine ran out of the memory it may use: ${message}`);
  }
  if (kind === 'Permission' || /configuration has been locked|Cannot change .* while database is running/i.test(text)) {
    return new EngineQueryRefusedError(`The engine refused the statement: ${message}`);
  }
  if (isAboutValue(kind, text)) {
    return new EngineValueError(`A value does not fit the expression it met: ${withoutValues(message)}`);
  }
  if (isUnreadable(kind, text)) return new UnreadableFileError(`A file cannot be read: ${withoutLines(message)}`);
  return new EngineQueryError(`The engine could not run the statement: ${withoutLiterals(message)}`);
}

/** By shape, not by class: the native binding's errors may come from another realm than this module's `Error`. */
function textOf(error: unknown): string {
  const message = typeof error === 'object' && error !== null && 'message' in error ? error.message : error;
  return typeof message === 'string' ? message : String(message);
}

/** The error without DuckDB's copy of the statement and its list of advice. */
function firstPart(text: string): string {
  return text.split(/\n\s*\n|\nLINE \d+:|\nPossible (?:solutions|fixes)/)[0]?.trim() ?? text;
}

/** DuckDB quotes values as they are, quotes inside included: from the first quote to the last nothing is kept. */
function withoutValues(message: string): string {
  return message
    .replace(/'.*'/s, "'...'")
    .replace(/".*"/s, '"..."')
    .replace(/with value \S+/g, 'with value ...')
    .replace(/\([^()]*[-+*/][^()]*\)/g, '(...)')
    .slice(0, 600);
}

/** Texts of the statement itself, which are the author's; names of columns stand in double quotes and stay. */
function withoutLiterals(message: string): string {
  return message.replace(/'(?:[^']|'')*'/g, "'...'").slice(0, 600);
}

/** DuckDB quotes the line of a CSV file that it stumbled over. */
function withoutLines(message: string): string {
  return message
    .replace(/^\s*Original Line:.*$/gm, '')
    .replace(/\n+/g, ' ')
    .slice(0, 600);
}

function isAboutValue(kind: string, text: string): boolean {
  if (['Conversion', 'Out of Range', 'Mismatch Type'].includes(kind)) return true;
  return (
    kind === 'Invalid Input' && /Could not parse string|at byte \d+|can't be cast|Cannot (?:take|compute)/i.test(text)
  );
}

function isUnreadable(kind: string, text: string): boolean {
  if (kind === 'IO') return true;
  if (['Binder', 'Catalog', 'Parser', 'Syntax'].includes(kind)) return false;
  return /magic bytes|parquet|snappy|zstd|gzip|Thrift|TProtocol|Failed to read|in file|CSV Error/i.test(text);
}
