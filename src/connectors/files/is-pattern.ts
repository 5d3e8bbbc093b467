import { matchesGlob } from 'node:path/posix';

const SIGN_OF_PATTERN = /[*?[{]/;

/** Whether a glob can name more than one file. */
export function isPattern(glob: string): boolean {
  return SIGN_OF_PATTERN.test(glob);
}

/** What every path that a glob names begins with; all of it where it is no pattern. */
export function fixedPart(glob: string): string {
  const first = glob.search(SIGN_OF_PATTERN);
  return first < 0 ? glob : glob.slice(0, first);
}

/** Whether a glob, or a plain path, names a file. */
export function matchesFile(path: string, glob: string): boolean {
  return isPattern(glob) ? matchesGlob(path, glob) : path === glob;
}
