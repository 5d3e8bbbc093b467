import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { AppLoadError } from './app-load-error';

/**
 * The files that `main` of the app's package.json names: a path or a glob pattern, sorted, absolute.
 * @throws {AppLoadError} where there is no package.json, no `main`, or no file that it names.
 */
export function entryPoints(appFolder: string): string[] {
  const file = path.join(appFolder, 'package.json');
  const main = readMain(file);
  const exact = resolveFile(path.resolve(appFolder, main));
  if (exact !== undefined) return [exact];
  const found = globSync(main, { cwd: appFolder, exclude: ['node_modules/**'] })
    .map((name) => path.resolve(appFolder, name))
    .filter((name) => resolveFile(name) !== undefined)
    .sort();
  if (found.length > 0) return found;
  throw new AppLoadError(
    `No file matches "main": ${JSON.stringify(main)} of ${file}.`,
    'Build the app first (often `npm run build`), or correct "main".',
  );
}

function readMain(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new AppLoadError(
      `There is no function app in ${path.dirname(file)}: it has no package.json.`,
      'Name the folder that holds host.json and package.json: --app <folder>.',
      cause,
    );
  }
  let manifest: { main?: unknown };
  try {
    manifest = JSON.parse(text) as { main?: unknown };
  } catch (cause) {
    throw new AppLoadError(`${file} is not valid JSON.`, 'Correct it.', cause);
  }
  if (typeof manifest.main === 'string' && manifest.main !== '') return manifest.main;
  throw new AppLoadError(
    `${file} has no "main", so nothing says which file registers the functions.`,
    'Add "main", for example "main": "dist/index.js" or "main": "src/functions/*.js".',
  );
}

/** Resolves as `require` does: a bare name may stand for a .js, .cjs or .mjs file or a folder's index. */
function resolveFile(name: string): string | undefined {
  try {
    return require.resolve(name);
  } catch {
    return undefined;
  }
}
