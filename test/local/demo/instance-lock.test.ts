import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { AlreadyRunningError, lockInstance } from '../../../src/local/demo/instance-lock';

describe('lockInstance', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'sluice-lock-'));

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('refuses while another process holds the folder, and takes it over once that is gone', async () => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const ended = new Promise((resolve) => other.once('exit', resolve));
    writeFileSync(path.join(folder, 'running'), String(other.pid));
    await expect(lockInstance(folder)).rejects.toThrow(AlreadyRunningError);
    other.kill('SIGKILL');
    await ended;
    const release = await lockInstance(folder);
    await release();
    await (
      await lockInstance(folder)
    )();
  });
});
