import { setTimeout as sleep } from 'node:timers/promises';
import type { RunRecord } from '../../src/durable/contracts/run-record';
import { cut } from '../support/demo-cuts';
import { plantFaults, type PlantedFaults } from '../support/durable/faults';
import { startSluiceApp, type SluiceApp } from '../support/sluice-app';

const overlap = (what: string) => (yaml: string) =>
  yaml.replace('\nsource:', `\nconcurrency: { onOverlap: ${what} }\n\nsource:`);
const held = (pipeline: string) =>
  ({ activity: 'publish', pipeline, when: 'before', do: 'wait', file: pipeline }) as const;

/** Runs that are held right before they publish, while others come or somebody cancels. */
describe('two runs of one pipeline, and a cancelled one', () => {
  let app: SluiceApp;
  let faults: PlantedFaults;
  let first: string;
  const get = async (runId: string): Promise<RunRecord> => (await app.request('GET', `/api/runs/${runId}`)).json;
  const statusOf = (run: RunRecord, name: string) => run.pipelines.find(({ pipeline }) => pipeline === name);

  beforeAll(async () => {
    faults = await plantFaults([held('airports'), held('birdstrikes')]);
    app = await startSluiceApp({
      edit: { 'airports.yaml': overlap('fail'), 'birdstrikes.yaml': overlap('queue') },
      env: faults.env,
    });
    await app.land('landing', 'airports/airports.csv', await cut('airports.csv', 'FROM airports LIMIT 200'));
    await app.land('landing', 'birdstrikes/birdstrikes.csv', await cut('strikes.csv', 'FROM birdstrikes LIMIT 200'));
    first = await app.start({ pipelines: ['airports', 'birdstrikes'] });
    // Both are staged, so both have their leases.
    for (let staged = 0; staged < 2; await sleep(50)) {
      const run = await get(first);
      staged = run.pipelines.filter(({ steps }) =>
        steps.some(({ step, partitions }) => step === 'stage' && partitions.done > 0),
      ).length;
    }
  }, 120_000);
  afterAll(() => app.stop());

  test('fail: the second fails at once and names the first', async () => {
    const run = await app.ended(await app.start({ pipelines: ['airports'] }));
    expect(run).toMatchObject({ status: 'Failed', failure: { code: 'pipeline-busy' } });
    expect(run.failure?.message).toContain(first);
  });

  test('a run that waits in the queue can be cancelled', async () => {
    const waiting = await app.start({ pipelines: ['birdstrikes'] });
    await app.request('POST', `/api/runs/${waiting}/cancel`, { reason: 'no longer wanted' });
    expect(await app.ended(waiting)).toMatchObject({ status: 'Cancelled' });
  });

  test('cancelled right before the commit: nothing is visible, nothing is left', async () => {
    await app.request('POST', `/api/runs/${first}/cancel`, { reason: 'a test' });
    const queued = await app.start({ pipelines: ['birdstrikes'] });
    await faults.release('airports');
    await faults.release('birdstrikes');
    const run = await app.ended(first);
    expect(run.status).toBe('Cancelled');
    for (const name of ['airports', 'birdstrikes']) {
      expect(statusOf(run, name)).toMatchObject({ status: 'Cancelled', failure: { dataState: 'nothing-loaded' } });
    }
    expect(await app.database.query(`SELECT to_regclass('aviation.airports')::text AS airports`)).toEqual([
      { airports: null },
    ]);

    // queue: the one that waited has its turn now, and loads what the first did not.
    const next = await app.ended(queued);
    expect(next).toMatchObject({ status: 'Succeeded' });
    expect(statusOf(next, 'birdstrikes')?.counts.loaded).toBeGreaterThan(0);
    expect(
      await app.database.query(`SELECT count(*)::int AS left FROM pg_tables WHERE schemaname = 'sluice_staging'`),
    ).toEqual([{ left: 0 }]);
  }, 120_000);
});
