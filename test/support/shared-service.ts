import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Environment variable that names the folder of this Jest run; the global set-up makes it, all workers inherit it. */
export const TEST_RUN_FOLDER = 'SLUICE_TEST_RUN';

const TIMEOUT_MS = 90_000;

/** The folder that the workers of this Jest run share. */
export function testRunFolder(): string {
  const folder = process.env[TEST_RUN_FOLDER];
  if (folder === undefined) throw new Error('Start tests through Jest: its global set-up makes the shared folder.');
  return folder;
}

/**
 * Starts a service once for the whole Jest run, on the first call of whichever worker comes first, and gives every
 * caller the facts that `start` returned (JSON). The global teardown ends the service by its `pid`.
 */
export async function sharedService<T extends { pid: number }>(
  name: string,
  start: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = testRunFolder();
  const facts = path.join(folder, `${name}.json`);
  const mine = await mkdir(path.join(folder, `${name}.lock`)).then(
    () => true,
    () => false,
  );
  if (mine) {
    const result = await start(path.join(folder, name)).then(
      (running) => ({ running }),
      (error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }),
    );
    await writeFile(`${facts}.new`, JSON.stringify(result));
    await rename(`${facts}.new`, facts);
  }
  for (const deadline = Date.now() + TIMEOUT_MS; Date.now() < deadline; await sleep(25)) {
    const text = await readFile(facts, 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const result = JSON.parse(text) as { running: T } | { error: string };
    if ('error' in result) throw new Error(`${name} did not start: ${result.error}`);
    return result.running;
  }
  throw new Error(`${name} was not ready within ${TIMEOUT_MS / 1000} seconds.`);
}
