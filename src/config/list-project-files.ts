import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { didYouMean } from '../model/closest';
import { PRICES_FILE } from './load-prices';
import type { Problem } from './project';
import { MAX_FILE_BYTES } from './yaml/read-yaml';

/** More pipelines than this in one folder are refused. */
export const MAX_FILES = 500;

export interface ProjectFile {
  /** As problems show it: the folder as given, then the file. */
  readonly file: string;
  readonly kind: 'connections' | 'pipeline' | 'overlay' | 'alerts';
  readonly source: string;
}

/**
 * The YAML files of a pipelines folder, sorted by name, with the overlay of one environment, or of none for null. `overlayMissing` where there should
 * be one, and it could not be read. Never throws.
 */
export function listProjectFiles(
  folder: string,
  environment: string | null,
): { files: ProjectFile[]; problems: Problem[]; overlayMissing: boolean } {
  const files: ProjectFile[] = [];
  const problems: Problem[] = [];
  const report = (file: string, code: string, message: string, value: string | null, fix: string): void => {
    problems.push({ file, line: 1, column: 1, path: '', code, message, value, fix, severity: 'error' });
  };
  const shown = (...parts: string[]): string =>
    posix.join(...[folder, ...parts].map((part) => part.split(sep).join('/')));
  const add = (kind: ProjectFile['kind'], ...parts: string[]): void => {
    const file = shown(...parts);
    const source = readText(join(folder, ...parts));
    if (typeof source === 'string') files.push({ file, kind, source });
    else report(file, source.code, source.message, null, source.fix);
  };

  const names = yamlFilesIn(folder)?.filter((name) => name !== PRICES_FILE) ?? null;
  if (names === null) {
    report(
      shown(),
      'no-folder',
      `there is no folder '${folder}' to read`,
      folder,
      'Name the folder that holds connections.yaml.',
    );
    return { files, problems, overlayMissing: true };
  }
  const connections = names.find((name) => /^connections\.ya?ml$/.test(name));
  if (connections === undefined) {
    const fix = "Add connections.yaml with the key 'connections:'.";
    report(shown('connections.yaml'), 'no-connections', 'there is no connections.yaml', null, fix);
  }
  if (names.length > MAX_FILES) {
    const fix = `Keep at most ${MAX_FILES} in one folder.`;
    report(shown(), 'too-many-files', `the folder holds ${names.length} YAML files`, null, fix);
    return { files, problems, overlayMissing: true };
  }
  for (const name of names) {
    add(name === connections ? 'connections' : /^alerts\.ya?ml$/.test(name) ? 'alerts' : 'pipeline', name);
  }

  if (environment === null) return { files, problems, overlayMissing: false };
  const overlays = yamlFilesIn(join(folder, 'environments'));
  const overlay = overlays?.find((name) => name.replace(/\.ya?ml$/, '') === environment);
  if (overlay !== undefined) add('overlay', 'environments', overlay);
  else if (overlays !== null && overlays.length > 0) {
    const known = overlays.map((name) => name.replace(/\.ya?ml$/, ''));
    const fix = didYouMean(environment, known, 'environments');
    report(shown('environments'), 'unknown-environment', `there is no environment '${environment}'`, environment, fix);
  }
  const overlayMissing = overlays !== null && overlays.length > 0 && files.every(({ kind }) => kind !== 'overlay');
  return { files, problems, overlayMissing };
}

/** Names sorted by code point, so that every machine sees one order; null when there is no such folder. */
function yamlFilesIn(folder: string): string[] | null {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => (entry.isFile() || entry.isSymbolicLink()) && /^[^.].*\.ya?ml$/.test(entry.name))
      .map((entry) => entry.name)
      .toSorted((a, b) => (a < b ? -1 : 1));
  } catch {
    return null;
  }
}

function readText(path: string): string | { readonly code: string; readonly message: string; readonly fix: string } {
  try {
    const { size } = statSync(path);
    if (size > MAX_FILE_BYTES) {
      const fix = `Split it: at most ${MAX_FILE_BYTES} bytes.`;
      return { code: 'file-too-large', message: `the file has ${size} bytes`, fix };
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
      return { code: 'not-utf-8', message: 'the file is not UTF-8 text', fix: 'Save the file as UTF-8.' };
    }
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
    return {
      code: 'unreadable-file',
      message: `the file cannot be read (${reason})`,
      fix: 'Check that it exists and its permissions.',
    };
  }
}
