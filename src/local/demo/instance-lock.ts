import { mkdir, open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { SluiceError } from '../../errors/sluice-error';
import { isRunning } from '../services/process-command';

/** Another process uses the folder of the embedded services. */
export class AlreadyRunningError extends SluiceError {
  constructor(folder: string, pid: number) {
    super(`Sluice is already running on ${folder} (process ${pid}).`, {
      class: 'infrastructure',
      code: 'already-running',
      nextAction: `End it with Ctrl-C where it runs, or with kill ${pid}.`,
    });
  }
}

/**
 * Takes the folder for this process and returns how to give it back. A lock of a process that is gone is taken over.
 * @throws {AlreadyRunningError}
 */
export async function lockInstance(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, 'running');
  for (;;) {
    try {
      const lock = await open(file, 'wx');
      await lock.writeFile(String(process.pid));
      await lock.close();
      return () => rm(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = Number(await readFile(file, 'utf8').catch(() => ''));
    if (owner > 0 && owner !== process.pid && isRunning(owner)) throw new AlreadyRunningError(folder, owner);
    await rm(file, { force: true });
  }
}
