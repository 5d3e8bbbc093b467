import { setTimeout as sleep } from 'node:timers/promises';
import { plantFaults, type PlantedFaults } from '../support/durable/faults';
import { mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { startSluiceApp, type SluiceApp } from '../support/sluice-app';

const pipelineOf = (name: string, more: string): string => `pipeline: ${name}
source: { connection: landing, files: ${name}/*.csv, incremental: { by: file } }
target: { connection: warehouse, table: mart.${name}, writeDisposition: append }
${more}
`;
const hour = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);
/** Opens in two hours, whatever the time is now. */
const CLOSED = `runWindow: { from: '${hour(2)}', to: '${hour(3)}', timeZone: UTC`;
const CONNECTIONS = `connections:
  landing: { kind: blob, setting: AzureWebJobsStorage, container: landing }
  warehouse: { kind: postgres, host: '\${env:WAREHOUSE_HOST}', port: '\${env:WAREHOUSE_PORT}', database: '\${env:WAREHOUSE_DATABASE}',
    user: '\${env:WAREHOUSE_USER}', password: '\${secret:warehouse-password}', tls: 'off', maxPartitions: 1 }
`;

describe('a pool of one slot, on the embedded host', () => {
  let app: SluiceApp;
  let faults: PlantedFaults;

  beforeAll(async () => {
    const pipelines = await mkdtemp(path.join(os.tmpdir(), 'sluice-turns-'));
    const files = {
      'connections.yaml': CONNECTIONS,
      'holds.yaml': pipelineOf('holds', ''),
      'low.yaml': pipelineOf('low', 'priority: low'),
      'high.yaml': pipelineOf('high', 'priority: high'),
      'skips.yaml': pipelineOf('skips', `${CLOSED}, outside: skip }`),
      'waits.yaml': pipelineOf('waits', `${CLOSED} }`),
    };
    for (const [name, text] of Object.entries(files)) await writeFile(path.join(pipelines, name), text);
    faults = await plantFaults([
      { activity: 'extract-partition', pipeline: 'holds', when: 'before', do: 'wait', file: 'holds' },
    ]);
    app = await startSluiceApp({ pipelines, env: { ...faults.env, SLUICE_POOL_SLOTS: '1' } });
    for (const name of ['holds', 'low', 'high', 'skips', 'waits'])
      await app.land('landing', `${name}/a.csv`, Buffer.from('id\n1\n'));
  }, 120_000);
  afterAll(() => app.stop());

  const slots = async () => (await app.request('GET', '/api/slots')).json;
  const until = async (isSo: (state: Awaited<ReturnType<typeof slots>>) => boolean): Promise<void> => {
    for (const deadline = Date.now() + 60_000; ; await sleep(100)) {
      const state = await slots();
      if (isSo(state)) return;
      if (Date.now() > deadline) throw new Error(`It did not come to that: ${JSON.stringify(state)}`);
    }
  };

  test('high goes before low, a cancelled one leaves its place, and a killed host goes on', async () => {
    const holder = await app.start({ pipelines: ['holds'] });
    await until(({ pool }) => pool.used === 1);
    expect((await slots()).pool).toMatchObject({ slots: 1, held: [{ run: holder, slots: 1 }] });
    const low = await app.start({ pipelines: ['low'] });
    await until(({ pool }) => pool.waiting.length === 1);
    const cancelled = await app.start({ pipelines: ['low'] });
    const high = await app.start({ pipelines: ['high'] });
    await until(({ pool }) => pool.waiting.length === 2);
    expect((await slots()).pool.waiting).toMatchObject([
      { run: high, priority: 'high' },
      { run: low, priority: 'low' },
    ]);
    await app.request('POST', `/api/runs/${cancelled}/cancel`, { reason: 'no longer wanted' });
    expect(await app.ended(cancelled)).toMatchObject({ status: 'Cancelled' });

    await app.kill();
    await app.restart();
    await faults.release('holds');
    const runs = await Promise.all([holder, high, low].map((run) => app.ended(run)));
    expect(runs.map(({ status }) => status)).toEqual(['Succeeded', 'Succeeded', 'Succeeded']);
    const extracted = runs.map(({ pipelines }) => pipelines[0]?.steps.find(({ step }) => step === 'extract')?.endedAt);
    expect(extracted.toSorted()).toEqual(extracted);
    await until(({ pool, connections }) => pool.used === 0 && connections[0].used === 0);
    expect(await app.database.query('SELECT count(*)::int AS n FROM mart.low')).toEqual([{ n: 1 }]);
  }, 180_000);

  test('outside of its run window a pipeline is skipped, or waits, says so, and can be cancelled; force goes past it', async () => {
    const skipped = await app.ended(await app.start({ pipelines: ['skips'] }));
    expect(skipped).toMatchObject({
      status: 'Skipped',
      pipelines: [{ status: 'Skipped', reason: expect.stringContaining('outside of its run window') as string }],
    });
    const forced = await app.request('POST', '/api/runs', { pipelines: ['skips'], force: true });
    expect(await app.ended(forced.json.runId)).toMatchObject({ status: 'Succeeded', counts: { loaded: 1 } });

    const waiting = await app.start({ pipelines: ['waits'] });
    for (let reason = null; reason === null; await sleep(100)) {
      const { json } = await app.request('GET', `/api/runs/${waiting}`);
      reason = json.pipelines[0].reason;
      if (reason !== null) {
        expect(reason).toMatch(/^waits for its run window \(.* UTC\), which opens at .*Z$/);
        expect(json.pipelines[0].status).toBe('Queued');
      }
    }
    await app.request('POST', `/api/runs/${waiting}/cancel`, { force: true });
    expect(await app.ended(waiting)).toMatchObject({ status: 'Cancelled' });
  }, 120_000);
});
