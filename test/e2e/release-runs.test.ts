import type { Release } from '../../src/model/release';
import { startRelease } from '../../src/triggers/start-release';
import { startInProcessApp, type InProcessApp } from '../support/in-process-app';
import { makeRelease } from '../support/make-release';

const PATIENCE_MS = 120_000;
/** Of five rows three are quarantined: a cast, a bound, a null. */
const ORDERS = 'id,amount,city\n1,10,Berlin\n2,-5,Rome\n3,x,Oslo\n4,7,\n5,8,Lima\n';
interface PipelineText {
  readonly disposition?: string;
  readonly min?: number;
  readonly more?: string;
}
const pipelineOf = (name: string, { disposition = 'append', min = 0, more = '' }: PipelineText = {}): string => `
pipeline: ${name}
source:
  connection: landing
  files: ${name}/*.csv
  format: { type: csv }
  incremental: { by: file }
  columns: { id: integer, amount: string, city: string }
transform:
  - cast: { amount: integer }
checks:
  - range: { column: amount, min: ${min} }
  - notNull: [city]
${more}
target: { connection: warehouse, table: sales.${name}, writeDisposition: ${disposition}, key: [id] }
`;

describe('a run of rows released from quarantine', () => {
  let app: InProcessApp;
  beforeAll(async () => {
    app = await startInProcessApp();
  }, PATIENCE_MS);
  afterAll(() => app.stop());
  afterEach(() => {
    app.twice = false;
    app.dies = null;
  });

  const loaded = async (name: string): Promise<number[]> =>
    (await app.database.query<{ id: number }>(`SELECT id FROM sales.${name} ORDER BY id`)).map(({ id }) => id);
  const batches = (runId: string) => app.services.activities.stores.quarantine.list({ runId, limit: 10 });

  async function quarantined(name: string, text: PipelineText = {}): Promise<string> {
    await app.writePipeline(name, pipelineOf(name, text));
    await app.land(`${name}/first.csv`, ORDERS);
    const run = await app.run(name);
    expect(run).toMatchObject({ status: 'Succeeded', counts: { read: 5, loaded: 2, quarantined: 3 } });
    return run.runId;
  }

  const releaseOf = (pipeline: string, runId: string, rows: string, id?: string): Promise<Release> =>
    makeRelease(app, { pipeline, runs: [runId], rows, ...(id !== undefined && { id }) });
  const start = async (release: Release) => {
    const { runId } = await startRelease(app.services.triggers, app.orchestrations, release, { by: 'ann' });
    return app.record(runId);
  };

  test.each([false, true])(
    'lands exactly once when it is started twice; activities run twice: %s',
    async (twice) => {
      const name = twice ? 'twice' : 'once';
      const origin = await quarantined(name);
      app.twice = twice;
      const release = await releaseOf(
        name,
        origin,
        `SELECT * REPLACE (CASE id WHEN 2 THEN '5' WHEN 3 THEN '3' ELSE amount END AS amount, coalesce(city, 'Bonn') AS city),
                false AS _sluice_waived FROM rows`,
      );
      const run = await start(release);
      expect(run).toMatchObject({
        status: 'Succeeded',
        trigger: { kind: 'release', by: 'ann', release: release.id, releaseOf: [origin] },
        counts: { read: 3, loaded: 3, quarantined: 0 },
        pipelines: [{ balanced: true, sliceLabel: `rows released from quarantine (${release.id})` }],
      });
      expect((await start(release)).runId).toBe(run.runId);
      expect(await loaded(name)).toEqual([1, 2, 3, 4, 5]);
      expect(await app.run(name)).toMatchObject({ status: 'Succeeded', pipelines: [{ load: null }] });
      expect((await app.run(name)).pipelines[0]?.reason).toMatch(/already loaded/);
    },
    PATIENCE_MS,
  );

  test(
    'is found in the ledger when the host dies between commit and watermark',
    async () => {
      const origin = await quarantined('dies');
      app.dies = 'advance-watermark';
      const release = await releaseOf('dies', origin, 'SELECT *, true AS _sluice_waived FROM rows WHERE id = 2');
      await start(release);
      app.dies = null;
      expect(await loaded('dies')).toEqual([1, 2, 5]);
      const next = await app.run('dies');
      expect(next.pipelines[0]).toMatchObject({ status: 'Succeeded', load: null });
      expect(next.pipelines[0]?.reason).toMatch(/already loaded/);
      const [ledger] = await app.database.query<{ load: string }>(
        `SELECT max(load) AS load FROM sluice.sluice_ledger WHERE pipeline = 'dies'`,
      );
      const watermark = await app.services.activities.stores.watermarks.get('dies');
      expect(watermark).toMatchObject({ load: Number(ledger?.load), files: [{ path: 'dies/first.csv' }] });
    },
    PATIENCE_MS,
  );

  test(
    'with the rule mended the rows are loaded once, and what fails again is quarantined again',
    async () => {
      const origin = await quarantined('mended');
      await app.writePipeline('mended', pipelineOf('mended', { min: -10 }));
      const release = await releaseOf('mended', origin, 'SELECT *, false AS _sluice_waived FROM rows');
      const run = await start(release);
      expect(run).toMatchObject({ status: 'Succeeded', counts: { read: 3, loaded: 1, quarantined: 2 } });
      expect(await loaded('mended')).toEqual([1, 2, 5]);
      const [again] = await batches(run.runId);
      expect(again).toMatchObject({ runId: run.runId, rows: 2 });
      expect(again?.reasons.map(({ reason }) => reason).toSorted()).toEqual([
        'cast(amount as integer)',
        'notNull(city)',
      ]);
      expect(again?.artifact.columns.map(({ name }) => name)).not.toContain('_sluice_waived');
      expect(await app.run('mended')).toMatchObject({ status: 'Succeeded', counts: { read: 0, loaded: 0 } });
      expect(await loaded('mended')).toEqual([1, 2, 5]);
    },
    PATIENCE_MS,
  );

  test(
    'a waiver stands against checks, unique ones too, and not against a cast; the result says so',
    async () => {
      const more = '  - unique: [amount]\n  - rowCount: { min: 2 }';
      const origin = await quarantined('waived', { more });
      const release = await releaseOf(
        'waived',
        origin,
        `SELECT * REPLACE (CASE id WHEN 4 THEN '-5' ELSE amount END AS amount), true AS _sluice_waived FROM rows`,
      );
      const run = await start(release);
      expect(run).toMatchObject({ status: 'Succeeded', counts: { read: 3, loaded: 2, quarantined: 1 } });
      expect(await loaded('waived')).toEqual([1, 2, 4, 5]);
      const { checks = [], quarantineReasons } = run.pipelines[0] ?? {};
      expect(checks).toMatchObject([
        { name: 'range(amount)', failures: 2, waived: 2, status: 'passed', message: expect.stringMatching(/waived/) },
        { name: 'notNull(city)', failures: 1, waived: 1, status: 'passed' },
        { name: 'unique(amount)', failures: 2, waived: 2, status: 'passed' },
        { name: 'rowCount', status: 'skipped' },
      ]);
      expect(quarantineReasons).toEqual([{ reason: 'cast(amount as integer)', rows: 1 }]);
    },
    PATIENCE_MS,
  );

  test(
    'joins the table of a replace pipeline, and is refused once another load took its place',
    async () => {
      const origin = await quarantined('generation', { disposition: 'replace' });
      const approved = 'SELECT *, true AS _sluice_waived FROM rows WHERE id = 2';
      expect(await start(await releaseOf('generation', origin, approved))).toMatchObject({ status: 'Succeeded' });
      expect(await loaded('generation')).toEqual([1, 2, 5]);
      expect((await app.run('generation')).pipelines[0]?.reason).toMatch(/already loaded/);

      await app.land('generation/first.csv', 'id,amount,city\n1,10,Berlin\n');
      expect(await app.run('generation')).toMatchObject({ status: 'Succeeded', counts: { loaded: 1 } });
      const late = await start(await releaseOf('generation', origin, approved, 'rel-late'));
      expect(late).toMatchObject({ status: 'Failed', pipelines: [{ failure: { code: 'release-superseded' } }] });
      expect(await loaded('generation')).toEqual([1]);
    },
    PATIENCE_MS,
  );

  test(
    'is refused when it was loaded before, when a step lacks its column, and when the key is taken',
    async () => {
      const origin = await quarantined('refused');
      const approved = 'SELECT *, true AS _sluice_waived FROM rows WHERE id = 2';
      const release = await releaseOf('refused', origin, approved);
      await start(release);
      const { triggers } = app.services;
      const again = await startRelease(triggers, app.orchestrations, release, { by: 'ann', attempt: 1 });
      expect(await app.record(again.runId)).toMatchObject({
        pipelines: [{ failure: { code: 'release-already-published', dataState: 'nothing-loaded' } }],
      });
      const taken = await start(
        await releaseOf(
          'refused',
          origin,
          'SELECT * REPLACE (1::INTEGER AS id), true AS _sluice_waived FROM rows WHERE id = 2',
          'rel-key',
        ),
      );
      expect(taken).toMatchObject({
        pipelines: [{ failure: { class: 'business', code: 'target-constraint-violated' } }],
      });
      const lacking = 'SELECT * EXCLUDE (amount), true AS _sluice_waived FROM rows';
      expect(await start(await releaseOf('refused', origin, lacking, 'rel-lacking'))).toMatchObject({
        pipelines: [{ failure: { class: 'business', code: 'release-not-possible' } }],
      });
      expect(await loaded('refused')).toEqual([1, 2, 5]);
    },
    PATIENCE_MS,
  );

  test(
    'a watermark that the target does not know ends the run',
    async () => {
      await quarantined('restored');
      await app.database.query(`DELETE FROM sluice.sluice_ledger WHERE pipeline = 'restored'`);
      expect(await app.run('restored')).toMatchObject({
        pipelines: [{ failure: { code: 'watermark-ahead-of-target', dataState: 'nothing-loaded' } }],
      });
    },
    PATIENCE_MS,
  );
});
