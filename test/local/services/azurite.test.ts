import { BlobServiceClient } from '@azure/storage-blob';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startAzurite, type RunningAzurite } from '../../../src/local/services/azurite';
import { isRunning } from '../../../src/local/services/process-command';

const ANY_PORTS = { blobPort: 0, queuePort: 0, tablePort: 0 };

describe('startAzurite', () => {
  let folder: string;
  const running: RunningAzurite[] = [];
  const start = async (more: Partial<Parameters<typeof startAzurite>[0]> = {}) => {
    const azurite = await startAzurite({ folder, ...ANY_PORTS, ...more });
    running.push(azurite);
    return azurite;
  };
  const containersOf = async ({ connectionString }: RunningAzurite) => {
    const names: string[] = [];
    for await (const { name } of BlobServiceClient.fromConnectionString(connectionString).listContainers())
      names.push(name);
    return names;
  };

  beforeEach(async () => (folder = await mkdtemp(path.join(tmpdir(), 'sluice-azurite-'))));
  afterEach(async () => {
    for (const azurite of running.splice(0)) await azurite.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  });

  it('keeps what it was given over a stop', async () => {
    const first = await start();
    await BlobServiceClient.fromConnectionString(first.connectionString).createContainer('kept');
    await first.stop();
    expect(isRunning(first.pid)).toBe(false);
    const second = await start();
    expect(second.pid).not.toBe(first.pid);
    expect(await containersOf(second)).toContain('kept');
  });

  it('goes on with one that runs on the folder, unless it listens on other ports than are wanted', async () => {
    const first = await start();
    expect((await start()).pid).toBe(first.pid);
    const { blob, queue, table } = first.ports;
    const moved = await start({ blobPort: blob, queuePort: table, tablePort: queue });
    expect(moved.pid).not.toBe(first.pid);
    expect(isRunning(first.pid)).toBe(false);
    expect(moved.ports).toEqual({ blob, queue: table, table: queue });
  });

  it('does not take another program for its own by the process id alone', async () => {
    const record = { pid: process.pid, host: '127.0.0.1', blob: 1, queue: 2, table: 3 };
    await writeFile(path.join(folder, 'azurite.json'), JSON.stringify(record));
    const azurite = await start();
    expect(azurite.pid).not.toBe(process.pid);
    expect(isRunning(process.pid)).toBe(true);
  });

  it('says which of its ports is taken', async () => {
    const { ports } = await start();
    const elsewhere = await mkdtemp(path.join(tmpdir(), 'sluice-azurite-'));
    const starting = startAzurite({ folder: elsewhere, blobPort: 0, queuePort: ports.queue, tablePort: 0 });
    await expect(starting).rejects.toThrow(`Port ${ports.queue} on 127.0.0.1, needed by Azurite (queue service)`);
    await rm(elsewhere, { recursive: true, force: true });
  });
});
