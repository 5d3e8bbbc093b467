import { readFileSync } from 'node:fs';
import path from 'node:path';
import { stopAzurite } from '../../../src/local/services/azurite';
import { isRunning } from '../../../src/local/services/process-command';
import { send } from './http-client';
import { dataFolder, startHostProcess } from './host-process';

const APP = path.join(__dirname, '../fixtures/apps/triggers');

describe('the storage that the host starts itself', () => {
  let data: Awaited<ReturnType<typeof dataFolder>>;
  beforeAll(async () => (data = await dataFolder()));
  afterAll(async () => {
    await stopAzurite(path.join(data.folder, 'azurite'));
    await data.remove();
  });

  it('outlives a killed host, is found again by the next, and ends with it', async () => {
    const env = { AzureWebJobsStorage: 'UseDevelopmentStorage=true', CONTAINER: 'landing' };
    const azuritePid = () =>
      (JSON.parse(readFileSync(path.join(data.folder, 'azurite/azurite.json'), 'utf8')) as { pid: number }).pid;
    const first = await startHostProcess({ app: APP, env, dataFolder: data.folder });
    expect(first.output()).toContain('Azurite listens on ports');
    const pid = azuritePid();
    expect(await first.end('SIGKILL')).toBe('SIGKILL');
    expect(isRunning(pid)).toBe(true);

    const second = await startHostProcess({ app: APP, env, dataFolder: data.folder });
    expect(second.output()).toContain('Using the Azurite that already runs');
    expect(azuritePid()).toBe(pid);
    expect((await send(second.baseUrl, 'GET', '/api/seen/nothing')).json).toEqual([]);
    expect(await second.end()).toBe(0);
    expect(isRunning(pid)).toBe(false);
  });
});
