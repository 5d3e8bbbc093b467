import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cut, query } from '../support/demo-cuts';
import { plantFaults, type Fault, type PlantedFaults } from '../support/durable/faults';
import { startSluiceApp, type SluiceApp } from '../support/sluice-app';

const ROWS = 6_000;
/** Hosts that start again and again take their time on a busy machine. */
const PATIENCE_MS = 180_000;

/** Rows, the sum over a column, and distinct origins: equal to the file's when each row is there once. */
const IN_TARGET = `SELECT count(*)::int AS rows, sum(distance)::text AS distance,
                          count(DISTINCT (_sluice_file, _sluice_row))::int AS origins FROM aviation.flights`;

describe('a host that ends in the middle of a run', () => {
  let app: SluiceApp;
  let file: string;
  let faults: PlantedFaults;
  const kill = (activity: string, when: Fault['when']): Fault => ({
    activity,
    when,
    pipeline: 'flights',
    do: 'kill',
    file: `${activity}-${when}`,
  });

  async function begin(planted: readonly Fault[]): Promise<string> {
    faults = await plantFaults(planted);
    app = await startSluiceApp({
      edit: { 'flights.yaml': (yaml) => yaml.replace('targetRows: 300000', 'targetRows: 2048') },
      env: faults.env,
    });
    file = await cut('flights.parquet', `FROM flights LIMIT ${ROWS}`);
    await app.land('landing', 'airports/airports.csv', await cut('airports.csv', 'FROM airports'));
    await app.land('landing', 'flights/flights-cut.parquet', file);
    return app.start({ pipelines: ['airports', 'flights'] });
  }
  async function expectEachRowOnce(): Promise<void> {
    const [expected] = await query(
      `SELECT count(*)::INT AS rows, sum(distance)::VARCHAR AS distance, count(*)::INT AS origins FROM read_parquet('${file}')
        WHERE distance > 0 AND origin <> destination`,
    );
    expect(await app.database.query(IN_TARGET)).toEqual([expected]);
  }
  afterEach(() => app.stop());

  test(
    'goes on where it was, at whatever step, and loads each row once',
    async () => {
      const deaths = [
        kill('extract-partition', 'before'),
        kill('transform-partition', 'after'),
        kill('stage-partition', 'after'),
        kill('publish', 'after'),
        kill('advance-watermark', 'before'),
      ];
      const runId = await begin(deaths);
      for (const death of deaths) {
        await faults.happened(death.file);
        await app.kill();
        // The host goes on with its work at once: it may meet its next death before it has answered anything.
        await app.restart().catch((error: unknown) => {
          if (death === deaths.at(-1)) throw error;
        });
      }
      const run = await app.ended(runId);
      expect(run).toMatchObject({ status: 'Succeeded', failure: null });
      await expectEachRowOnce();
    },
    PATIENCE_MS,
  );

  test(
    'between commit and watermark, with the run lost: a new run finds each row once',
    async () => {
      const death = kill('advance-watermark', 'before');
      await begin([death]);
      await faults.happened(death.file);
      await app.kill();
      // Without its task hub the old run never goes on: what it committed is known to the target's ledger alone.
      await rm(path.join(path.dirname(app.pipelinesFolder), 'data'), { recursive: true, force: true });
      await app.restart();
      await expectEachRowOnce();

      const run = await app.ended(await app.start({ pipelines: ['airports', 'flights'] }));
      expect(run).toMatchObject({ status: 'Succeeded' });
      const flights = run.pipelines.find(({ pipeline }) => pipeline === 'flights');
      expect(flights).toMatchObject({ status: 'Succeeded', load: null, counts: { read: 0, loaded: 0 } });
      expect(flights?.reason).toMatch(/already loaded/);
      await expectEachRowOnce();
      expect(
        await app.database.query(`SELECT count(*)::int AS loads FROM sluice.sluice_ledger WHERE pipeline = 'flights'`),
      ).toEqual([{ loads: 1 }]);

      // What is left over is nobody's work: maintenance goes through all its tasks without a failure.
      const input = { dryRun: false, pipelines: ['airports', 'flights'], connections: ['landing', 'warehouse'] };
      const started = await app.request(
        'POST',
        '/runtime/webhooks/durabletask/orchestrators/maintenance/upkeep',
        input,
      );
      expect(started.status).toBe(202);
      let ended = await app.request('GET', '/runtime/webhooks/durabletask/instances/upkeep');
      for (; ended.status === 202; await sleep(100)) {
        ended = await app.request('GET', '/runtime/webhooks/durabletask/instances/upkeep');
      }
      const sweeps = ['drop-stale-staging', 'sweep-artifacts', 'prune-histories', 'purge-histories'];
      const tasks = ['close-orphaned-runs', ...sweeps];
      expect(ended.json).toMatchObject({
        runtimeStatus: 'Completed',
        output: { reports: tasks.map((task) => ({ task })), failures: [] },
      });
    },
    PATIENCE_MS,
  );
});
