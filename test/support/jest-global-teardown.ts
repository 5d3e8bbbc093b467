import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { removePostgres } from '../../src/local/services/postgres';
import { isRunning } from '../../src/local/services/process-command';
import { TEST_RUN_FOLDER } from './shared-service';

/** Ends the services that the tests started and removes everything they kept. */
export default async function tearDown(): Promise<void> {
  const folder = process.env[TEST_RUN_FOLDER];
  if (folder !== undefined) await endTestRun(folder);
}

/** Ends the services of one Jest run and removes its folder. */
export async function endTestRun(folder: string): Promise<void> {
  const [azurite] = await Promise.all([
    pidOf(path.join(folder, 'azurite.json')),
    removePostgres(path.join(folder, 'postgres')),
  ]);
  if (azurite !== undefined) await end(azurite);
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}

async function pidOf(facts: string): Promise<number | undefined> {
  const text = await readFile(facts, 'utf8').catch(() => undefined);
  const result = text === undefined ? {} : (JSON.parse(text) as { running?: { pid: number } });
  return result.running?.pid;
}

async function end(pid: number): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!isRunning(pid)) return;
    process.kill(pid, signal);
    for (let waited = 0; waited < 5000 && isRunning(pid); waited += 20) await sleep(20);
  }
}
