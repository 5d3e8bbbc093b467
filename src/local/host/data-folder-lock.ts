import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runsProgram } from '../services/process-command';
import { HostConfigError } from './host-config-error';

/**
 * Takes the data folder for this process, since two hosts would spoil each other's journals. Returns how to give it back.
 * What a host that was killed left behind is taken over.
 * @throws {HostConfigError} where a running host has it.
 */
export async function lockDataFolder(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, 'host.pid');
  for (;;) {
    try {
      await writeFile(file, String(process.pid), { flag: 'wx' });
      return () => rm(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = Number(await readFile(file, 'utf8').catch(() => ''));
    if (owner > 0 && owner !== process.pid && (await runsProgram(owner, 'node'))) {
      throw new HostConfigError(
        `Another embedded host (process ${owner}) uses the data folder ${folder}.`,
        `End it (kill ${owner}), or choose another folder: --data <folder>.`,
      );
    }
    await rm(file, { force: true });
  }
}
