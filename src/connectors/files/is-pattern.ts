import { matchesGlob } from 'node:path/posix';

/** Whether a glob can name more than one file. */
export function isPattern(glob: string): boolean {
  return /[*?[{]/.test(glob);
}

/** Whether a glob, or a plain path, names a file. */
export function matchesFile(path: string, glob: string): boolean {
  return isPattern(glob) ? matchesGlob(path, glob) : path === glob;
}
