import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, realpathSync } from 'node:fs';
import { join, sep } from 'node:path';

/** A bigger file is refused: it belongs into a source, with a pipeline of its own. */
export const MAX_REFERENCE_BYTES = 32 * 1024 ** 2;

/** A reference file as it was at one moment. */
export interface ReferenceContent {
  readonly content: Buffer;
  /** Lower-case hex, of the content. */
  readonly sha256: string;
}

/** Why a reference file cannot be used. */
export interface ReferenceFault {
  readonly code: string;
  readonly message: string;
  readonly fix: string;
}

/**
 * Reads a file below the pipelines folder, once. `path` must have passed the schema; no link on the way is followed, so that
 * nothing outside of the folder is read. Never throws for what the disk holds.
 */
export function readReferenceFile(folder: string, path: string): ReferenceContent | ReferenceFault {
  try {
    const root = realpathSync(folder);
    const parts = path.split('/');
    for (let depth = 1; depth <= parts.length; depth++) {
      if (lstatSync(join(root, ...parts.slice(0, depth))).isSymbolicLink()) return linkFault(path);
    }
    const local = join(root, ...parts);
    if (!local.startsWith(root + sep)) return linkFault(path);
    // NONBLOCK: opening a named pipe would wait for its writer for ever.
    const file = openSync(local, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stat = fstatSync(file);
      if (!stat.isFile()) return fault('reference-file-unreadable', `'${path}' is no file`, 'Name a file.');
      if (stat.size > MAX_REFERENCE_BYTES) return tooLarge(path, stat.size);
      const content = readFileSync(file);
      if (content.length > MAX_REFERENCE_BYTES) return tooLarge(path, content.length);
      return { content, sha256: createHash('sha256').update(content).digest('hex') };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      const fix = 'Put it there; the path begins below the folder that holds connections.yaml.';
      return fault('reference-file-missing', `there is no file '${path}' in the pipelines folder`, fix);
    }
    if (code === 'ELOOP') return linkFault(path);
    const fix = 'Look at its permissions.';
    return fault('reference-file-unreadable', `the file '${path}' cannot be read (${code})`, fix);
  }
}

function fault(code: string, message: string, fix: string): ReferenceFault {
  return { code, message, fix };
}

function linkFault(path: string): ReferenceFault {
  const fix = 'Put the file itself there: links are not followed.';
  return fault('reference-file-outside', `'${path}' is, or leads through, a symbolic link`, fix);
}

function tooLarge(path: string, bytes: number): ReferenceFault {
  const limit = `${MAX_REFERENCE_BYTES / 1024 ** 2} MB`;
  const fix = 'Load it with a pipeline of its own and read that: source, target, and lookup from its name.';
  return fault('reference-file-too-large', `'${path}' has ${bytes} bytes; a reference file has at most ${limit}`, fix);
}
