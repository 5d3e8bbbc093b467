import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSluiceApp, type SluiceApp } from '../support/sluice-app';

const PATIENCE_MS = 240_000;
const ROWS = 200_000;
const CONNECTIONS = `connections:
  landing: { kind: blob, container: landing, breaker: { minimumCalls: 1000 } }
  lake: { kind: blob, container: lake, breaker: { minimumCalls: 1000 } }
`;
const PIPELINE = `pipeline: big
source: { connection: landing, files: big/*.csv }
transform: [{ cast: { id: integer } }]
target: { connection: lake, path: big, writeDisposition: append }
retry: { maxAttempts: 15, firstDelay: 1s, backoff: 1 }
`;

/** A small disk of its own, which only a superuser of Linux can make. */
function smallDisk(): string | null {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'sluice-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder], { stdio: 'ignore' });
    return folder;
  } catch {
    rmSync(folder, { recursive: true });
    return null;
  }
}

const disk = process.platform === 'linux' && process.getuid?.() === 0 ? smallDisk() : null;

(disk === null ? describe.skip : describe)('the disk of an instance', () => {
  let app: SluiceApp;
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-project-'));
    await writeFile(path.join(folder, 'connections.yaml'), CONNECTIONS);
    await writeFile(path.join(folder, 'big.yaml'), PIPELINE);
    app = await startSluiceApp({ pipelines: folder, env: { SLUICE_TEMP_FOLDER: disk! } });
  }, PATIENCE_MS);
  afterAll(async () => {
    await app.stop();
    await rm(folder, { recursive: true, force: true });
    execFileSync('umount', [disk!]);
    rmSync(disk!, { recursive: true, force: true });
  });

  test(
    'is full for a while: the run waits as after any fault of the infrastructure, and ends when there is room',
    async () => {
      const lines = Array.from({ length: ROWS }, (_, row) => `${row},${'x'.repeat(20)}${row * 7919}`);
      await app.land('landing', 'big/a.csv', Buffer.from(`id,text\n${lines.join('\n')}\n`));
      await app.land('lake', 'here', Buffer.from('x'));
      const runId = await app.start({ pipelines: ['big'] });
      for (
        const end = Date.now() + 120_000;
        !(await app.log()).includes('"code":"engine-disk-full"');
        await sleep(50)
      ) {
        if (Date.now() > end) throw new Error(`Nobody met the full disk:\n${await app.log()}`);
      }
      execFileSync('mount', ['-o', 'remount,size=512m', disk!]);
      const run = await app.ended(runId, 200);
      expect({ status: run.status, failure: run.failure }).toEqual({ status: 'Succeeded', failure: null });
      expect(run.counts).toMatchObject({ read: ROWS, loaded: ROWS, quarantined: 0 });
      expect(run.pipelines[0]?.steps.find(({ step }) => step === 'extract')?.retries).toBeGreaterThan(0);
    },
    PATIENCE_MS,
  );
});
