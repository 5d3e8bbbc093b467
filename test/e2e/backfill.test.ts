import { startBackfill, type BackfillStart } from '../../src/triggers/backfills/start-backfill';
import { startInProcessApp, type InProcessApp } from '../support/in-process-app';

const PATIENCE_MS = 120_000;
const pipelineOf = (name: string, start = '2024-02-01'): string => `
pipeline: ${name}
source:
  connection: warehouse
  table: crm.${name}
  incremental: { by: column, column: at, start: '${start}' }
checks:
  - notNull: [id]
target: { connection: warehouse, table: mart.${name}, writeDisposition: append }
`;

describe('a backfill', () => {
  let app: InProcessApp;
  beforeAll(async () => {
    app = await startInProcessApp();
    await app.database.query('CREATE SCHEMA crm');
  }, PATIENCE_MS);
  afterAll(() => app.stop());
  afterEach(() => {
    app.twice = false;
    app.dies = null;
  });

  /** Rows at midnight of each day of January, twice each, and of the first days of February. */
  async function given(name: string, type = 'timestamptz'): Promise<void> {
    await app.writePipeline(name, pipelineOf(name));
    await app.database.query(`CREATE TABLE crm.${name} (id int PRIMARY KEY, at ${type})`);
    await app.database.query(
      `INSERT INTO crm.${name} SELECT i, (timestamp '2024-01-01' + (i / 2) * interval '1 day')::${type} FROM generate_series(0, 69) i`,
    );
  }
  const begin = async (pipeline: string, more: Partial<BackfillStart> = {}) => {
    const { triggers } = app.services;
    const started = await startBackfill(triggers, app.orchestrations, {
      pipeline,
      from: '2024-01-01T00:00Z',
      to: '2024-01-11T00:00Z',
      window: '2d',
      maxParallel: 1,
      stopOnFailure: false,
      reason: 'a test',
      by: 'ann',
      ...more,
    });
    const record = await triggers.stores.backfills.get(started.id);
    if (record === null) throw new Error('There is no backfill.');
    const runs = await Promise.all(record.windows.map(({ runId }) => triggers.stores.runs.get(runId)));
    return { started, record, runs };
  };
  const loaded = async (name: string): Promise<number[]> =>
    (await app.database.query<{ id: number }>(`SELECT id FROM mart.${name} ORDER BY id`)).map(({ id }) => id);
  const upTo = (count: number, from = 0): number[] => Array.from({ length: count }, (_, index) => from + index);

  test.each([false, true])(
    'loads rows at the edges of windows once and leaves the live watermark; activities run twice: %s',
    async (twice) => {
      const name = twice ? 'edges_twice' : 'edges';
      await given(name);
      expect(await app.run(name)).toMatchObject({ status: 'Succeeded', counts: { loaded: 8 } });
      const { watermarks } = app.services.activities.stores;
      const before = await watermarks.get(name);
      app.twice = twice;
      const { started, record, runs } = await begin(name, { idempotencyKey: name, maxParallel: 2 });
      expect(record.end).toMatchObject({ status: 'Succeeded', failure: null });
      expect(runs.map((run) => run?.counts.loaded)).toEqual([4, 4, 4, 4, 4]);
      expect(runs[1]).toMatchObject({
        trigger: { kind: 'backfill', by: 'ann', backfill: record.id, window: 1 },
        pipelines: [
          {
            balanced: true,
            sliceLabel: `at from 2024-01-03 00:00:00+00 to below 2024-01-05 00:00:00+00 (${record.id})`,
          },
        ],
      });
      expect(await loaded(name)).toEqual([...upTo(20), ...upTo(8, 62)]);
      const after = await watermarks.get(name);
      expect(after).toEqual({ ...before, load: runs[4]?.pipelines[0]?.load });
      expect((await app.run(name)).pipelines[0]?.reason).toMatch(/already loaded/);

      // The same request again is the same backfill, and starts nothing.
      const again = await begin(name, { idempotencyKey: name });
      expect(again.started).toMatchObject({ id: started.id, created: false, windows: 5 });
      expect(await loaded(name)).toHaveLength(28);
    },
    PATIENCE_MS,
  );

  test(
    'before the first live run, which then takes what lies behind its start',
    async () => {
      await given('first');
      const { record } = await begin('first', { from: '2024-01-01T00:00Z', to: '2024-02-01T00:00Z', window: '20d' });
      expect(record.end?.status).toBe('Succeeded');
      expect(await app.run('first')).toMatchObject({ status: 'Succeeded', counts: { loaded: 8 } });
      expect(await loaded('first')).toEqual(upTo(70));
    },
    PATIENCE_MS,
  );

  test(
    'refuses a window that another load took, and goes on with the others',
    async () => {
      await given('overlaps');
      await begin('overlaps', { from: '2024-01-05T00:00Z', to: '2024-01-06T00:00Z', window: '1d' });
      const { record, runs } = await begin('overlaps', { to: '2024-01-07T00:00Z' });
      expect(record.end?.status).toBe('Failed');
      expect(runs.map((run) => run?.status)).toEqual(['Succeeded', 'Succeeded', 'Failed']);
      expect(runs[2]?.failure).toMatchObject({ code: 'backfill-not-possible', dataState: 'nothing-loaded' });
      expect(runs[2]?.failure?.message).toMatch(/overlaps what load \d+ of run-\w+ takes/);
      expect(await loaded('overlaps')).toEqual([...upTo(8), 8, 9]);

      const late = await begin('overlaps', { from: '2024-01-31T00:00Z', to: '2024-02-02T00:00Z', stopOnFailure: true });
      expect(late.runs[0]?.failure?.message).toMatch(/overlaps what every run of overlaps takes/);
    },
    PATIENCE_MS,
  );

  test(
    'stops after a failure when it is to, and has its own windows only',
    async () => {
      await given('stops');
      await begin('stops', { from: '2024-01-03T00:00Z', to: '2024-01-04T00:00Z', window: '1d' });
      const { record, runs } = await begin('stops', { stopOnFailure: true });
      expect(record.end?.status).toBe('Failed');
      expect(runs.map((run) => run?.status ?? null)).toEqual(['Succeeded', 'Failed', null, null, null]);
    },
    PATIENCE_MS,
  );

  test(
    'is found in the ledger when the host dies between a commit and the watermark',
    async () => {
      await given('dies');
      await app.run('dies');
      const { watermarks } = app.services.activities.stores;
      const before = await watermarks.get('dies');
      app.dies = 'advance-watermark';
      await begin('dies', { to: '2024-01-03T00:00Z' });
      app.dies = null;
      expect((await app.run('dies')).pipelines[0]?.reason).toMatch(/already loaded/);
      expect((await watermarks.get('dies'))?.load).toBeGreaterThan(before?.load ?? 0);
      expect(await watermarks.get('dies')).toEqual({ ...before, load: expect.any(Number) as number });
      expect(await loaded('dies')).toEqual([...upTo(4), ...upTo(8, 62)]);
    },
    PATIENCE_MS,
  );

  test.each([
    ['timestamp', { from: '2024-01-01T00:00Z', to: '2024-01-03T00:00Z' }, /no time zone/],
    ['date', { from: '2024-01-01T00:00', to: '2024-01-02T00:00', window: '12h' }, /whole days/],
    ['timestamptz', { from: 1, to: 5, window: 10 }, /a date or a time/],
  ] as const)(
    'bounds that the column of type %s cannot have are refused, and not bent',
    async (type, span, message) => {
      const name = `bounds_${type}`;
      await given(name, type);
      const { runs } = await begin(name, span);
      expect(runs[0]?.failure).toMatchObject({ code: 'backfill-not-possible' });
      expect(runs[0]?.failure?.message).toMatch(message);
    },
    PATIENCE_MS,
  );

  test(
    'a cancelled one starts nothing more',
    async () => {
      await given('cancelled');
      const { triggers } = app.services;
      const queued = { ...app.orchestrations, startNew: async () => 'later' } as unknown as typeof app.orchestrations;
      const { id } = await startBackfill(triggers, queued, {
        pipeline: 'cancelled',
        from: '2024-01-01',
        to: '2024-01-03',
        window: '1d',
        maxParallel: 1,
        stopOnFailure: false,
        reason: 'a test',
        by: 'ann',
      });
      expect(await triggers.stores.backfills.requestCancel(id, 'ann', 'no', triggers.clock.now())).toBe(true);
      await app.orchestrations.startNew('backfill', {
        instanceId: id,
        input: { backfill: id, windows: 2, maxParallel: 1, stopOnFailure: false },
      });
      const record = await triggers.stores.backfills.get(id);
      expect(record?.end?.status).toBe('Cancelled');
      expect(await triggers.stores.runs.get(record?.windows[0]?.runId ?? '')).toBeNull();
      expect(await triggers.stores.backfills.requestCancel(id, 'ann', 'no', triggers.clock.now())).toBe(false);
    },
    PATIENCE_MS,
  );

  test.each([
    [
      'takes files',
      `source: { connection: landing, files: 'x/*.csv', format: { type: csv }, columns: { id: integer }, incremental: { by: file } }`,
      /takes files/,
    ],
    [
      'takes everything',
      `source: { connection: warehouse, table: crm.x, columns: { id: integer } }`,
      /takes everything/,
    ],
    [
      'has no start',
      `source: { connection: warehouse, table: crm.x, columns: { id: integer }, incremental: { by: column, column: id } }`,
      /give its target a key/,
    ],
  ])(
    'of a pipeline that %s is refused before anything is recorded',
    async (_, source, message) => {
      await app.writePipeline(
        'refused',
        `pipeline: refused\n${source}\ntarget: { connection: warehouse, table: mart.x, writeDisposition: append }\n`,
      );
      await expect(begin('refused', { from: 1, to: 2, window: 1 })).rejects.toThrow(message);
    },
    PATIENCE_MS,
  );
});
