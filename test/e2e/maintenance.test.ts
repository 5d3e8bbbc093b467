import { mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { createStores } from '../../src/state/create-stores';
import { startSluiceApp, type SluiceApp } from '../support/sluice-app';
import { setTimeout as sleep } from 'node:timers/promises';

const CONNECTIONS = `connections:
  landing: { kind: blob, setting: AzureWebJobsStorage, container: landing }
  warehouse: { kind: postgres, host: '\${env:WAREHOUSE_HOST}', port: '\${env:WAREHOUSE_PORT}', database: '\${env:WAREHOUSE_DATABASE}',
    user: '\${env:WAREHOUSE_USER}', password: '\${secret:warehouse-password}', tls: 'off' }
`;
const ORDERS = `pipeline: orders
source: { connection: landing, files: orders/*.csv, incremental: { by: file } }
target: { connection: warehouse, table: mart.orders, writeDisposition: append }
retention: { checks: 30d, metrics: 30d }
`;

/** Asked of the real app, over its API and its real durable orchestration. */
describe('maintenance and cost over the API', () => {
  let app: SluiceApp;
  let runId: string;

  beforeAll(async () => {
    const pipelines = await mkdtemp(path.join(os.tmpdir(), 'sluice-maintenance-'));
    await writeFile(path.join(pipelines, 'connections.yaml'), CONNECTIONS);
    await writeFile(path.join(pipelines, 'orders.yaml'), ORDERS);
    app = await startSluiceApp({ pipelines });
    await app.land('landing', 'orders/a.csv', Buffer.from('id\n1\n2\n'));
    runId = await app.start({ pipelines: ['orders'] });
    expect(await app.ended(runId)).toMatchObject({ status: 'Succeeded' });
    const stores = createStores({
      storageSetting: 'STORAGE',
      env: { STORAGE: app.storage.connectionString },
    });
    // What the checks of earlier years said.
    for (const year of [2020, 2021]) {
      const said = { runId: `run-${year}`, pipeline: 'orders', at: `${year}-01-01T00:00:00.000Z` };
      await stores.checks.put({ ...said, verdict: 'passed', message: '', checks: [], metrics: [] });
    }
  }, 120_000);
  afterAll(() => app.stop());

  const blobs = async (): Promise<number> => {
    let count = 0;
    const client = BlobServiceClient.fromConnectionString(app.storage.connectionString).getContainerClient('work');
    for await (const _blob of client.listBlobsFlat()) count += 1;
    return count;
  };
  const run = async (dryRun: boolean) => {
    const { status, json } = await app.request('POST', '/api/maintenance', { dryRun });
    expect([status, json.dryRun]).toEqual([202, dryRun]);
    for (const deadline = Date.now() + 60_000; ; await sleep(200)) {
      const answer = (await app.request('GET', json.links.maintenance)).json;
      if (answer.ended) return answer;
      if (Date.now() > deadline) throw new Error(`It did not end: ${await app.log()}`);
    }
  };

  test('a dry run tells what goes, the real one does it, and nothing of a young run is touched', async () => {
    const before = await blobs();
    const told = await run(true);
    const policies = [{ policy: 'checks', pipeline: 'orders', action: 'delete', count: 2, bytes: 0 }];
    expect(told).toMatchObject({ dryRun: true, failures: [], policies });
    expect((await run(true)).policies).toEqual(policies);
    expect(await run(false)).toMatchObject({ dryRun: false, failures: [], policies });
    expect((await run(false)).policies).toEqual([]);
    expect(await blobs()).toBe(before);
    expect((await app.request('GET', '/api/pipelines/orders/checks')).json.runs).toHaveLength(1);
    expect((await app.request('GET', '/api/maintenance/other')).json.code).toBe('maintenance-not-found');
  }, 120_000);

  test('costs of the run add up over its pipelines and over all that was done; findings come with prices', async () => {
    const { json } = await app.request('GET', `/api/runs/${runId}/cost`);
    const sum = json.pipelines.reduce((total: number, { cost }: { cost: { total: number } }) => total + cost.total, 0);
    expect(json.total.cost.total).toBeGreaterThan(0);
    expect(sum).toBeCloseTo(json.total.cost.total, 12);
    expect(json.pipelines.find(({ key }: { key: string }) => key === 'orders')).toMatchObject({ rows: 2, runs: 1 });
    const costs = (await app.request('GET', '/api/costs?groupBy=run')).json;
    const its = costs.groups.find(({ key }: { key: string }) => key === runId);
    expect(its.cost.total).toBeCloseTo(json.total.cost.total, 12);
    const found = await app.request('GET', '/api/costs/findings');
    expect(found.json).toMatchObject({ days: 30, prices: { currency: 'USD' }, findings: expect.any(Array) as unknown });
  });
});
