import { chmod, mkdtemp, readdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { isRunning } from '../../src/local/services/process-command';
import { endTestRun } from './jest-global-teardown';
import { TEST_RUN_FOLDER } from './shared-service';

const PREFIX = 'sluice-test-';

/** Makes the folder that the workers share. No service starts here: the first test that needs one starts it. */
export default async function setUp(): Promise<void> {
  await sweepAbandonedRuns();
  const folder = await mkdtemp(path.join(os.tmpdir(), `${PREFIX}${process.pid}-`));
  // Others may pass through, since root runs PostgreSQL as nobody.
  await chmod(folder, 0o711);
  process.env[TEST_RUN_FOLDER] = folder;
}

/** A Jest that was killed left its services running; the next run ends them. */
async function sweepAbandonedRuns(): Promise<void> {
  for (const name of await readdir(os.tmpdir())) {
    const owner = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (owner === undefined || isRunning(Number(owner))) continue;
    // Another user's run is not ours to end.
    await endTestRun(path.join(os.tmpdir(), name)).catch(() => undefined);
  }
}
