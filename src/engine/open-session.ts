import { DuckDBInstance } from '@duckdb/node-api';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckdbSession } from './duckdb-session';
import type { ObserveCall } from '../model/observed-call';
import type { EngineLimits } from './engine-session';
import { fence } from './fence';
import { translateError } from './translate-error';

/** Where the engine spills, in a session's scratch folder. */
export const SPILL_FOLDER = '.spill';

/** Opens a fenced session in a scratch folder of its own. Whatever fails, nothing stays behind. */
export async function openSession(
  limits: EngineLimits,
  readable: readonly string[],
  observe?: ObserveCall,
): Promise<DuckdbSession> {
  await mkdir(limits.tempFolder, { recursive: true });
  // The fence compares paths as text: a symlink on the way would lock the session out of its own folder.
  const scratchFolder = await realpath(await mkdtemp(join(limits.tempFolder, 'sluice-')));
  let instance: DuckDBInstance | undefined;
  try {
    instance = await DuckDBInstance.create(':memory:', options(limits, join(scratchFolder, SPILL_FOLDER)));
    const connection = await instance.connect();
    // As an option of `create` this limit shows in the settings but does not bind (DuckDB 1.5.6): it has to be set afterwards.
    await connection.run(`SET max_temp_directory_size = '${kibibytes(limits.tempLimitBytes)}'`);
    await fence(connection, [scratchFolder, ...(await withRealPaths(readable))]);
    return new DuckdbSession(instance, connection, scratchFolder, observe);
  } catch (error) {
    instance?.closeSync();
    await rm(scratchFolder, { recursive: true, force: true });
    throw translateError(error);
  }
}

/** Folders as given and as they really are: either may stand in a query. */
async function withRealPaths(folders: readonly string[]): Promise<string[]> {
  const real = await Promise.all(folders.map((folder) => realpath(folder).catch(() => folder)));
  return [...new Set([...folders, ...real])];
}

function options(limits: EngineLimits, spillFolder: string): Record<string, string> {
  return {
    memory_limit: kibibytes(limits.memoryLimitBytes),
    temp_directory: spillFolder,
    threads: String(limits.threads),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
  };
}

function kibibytes(bytes: number): string {
  return `${Math.max(1, Math.floor(bytes / 1024))}KiB`;
}
