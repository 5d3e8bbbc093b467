import { sweepArtifacts } from '../../src/durable/activities/sweep-artifacts.activity';
import { startUndo } from '../../src/triggers/undo/start-undo';
import { startInProcessApp, type InProcessApp } from '../support/in-process-app';

const PATIENCE_MS = 120_000;
const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();

/** Long after everything was written: maintenance takes what nobody needs, and an undo and the next run find what they need. */
describe('an undo after maintenance has swept', () => {
  let app: InProcessApp;
  beforeAll(async () => {
    app = await startInProcessApp();
    await app.database.query('CREATE SCHEMA crm');
    await app.database.query('CREATE TABLE crm.events (id int PRIMARY KEY, at timestamptz)');
    await app.writePipeline(
      'events',
      `pipeline: events
source: { connection: warehouse, table: crm.events, incremental: { by: column, column: at, lag: 1h } }
target: { connection: warehouse, table: mart.events, writeDisposition: append }
`,
    );
  }, PATIENCE_MS);
  afterAll(() => app.stop());

  const load = async (id: number) => {
    await app.database.query(
      `INSERT INTO crm.events VALUES ($1::int, timestamptz '2024-01-01Z' + $1::int * interval '10 min')`,
      [id],
    );
    const run = await app.run('events');
    expect({ status: run.status, failure: run.failure }).toEqual({ status: 'Succeeded', failure: null });
    return run;
  };
  const ids = async () =>
    (await app.database.query<{ id: number }>('SELECT id FROM mart.events ORDER BY id')).map(({ id }) => id);
  const sweep = (days: number) => sweepArtifacts(app.services.activities, { now: inDays(days), dryRun: false });

  test('rows that the cursor meets again are there for one load back, and for the next', async () => {
    await load(1);
    await load(2);
    const third = await load(3);
    const swept = await sweep(400);
    expect(swept.policies?.map(({ policy }) => policy)).toContain('artifacts');
    expect(swept.items.filter((name) => name.startsWith('pipelines/'))).toEqual([]);

    const run = await app.record(third.runId);
    await startUndo(app.services.triggers, app.orchestrations, run, { by: 'ann', reason: 'a test' });
    expect(await app.services.triggers.stores.undos.get(third.runId)).toMatchObject({ end: { status: 'Succeeded' } });
    expect(await ids()).toEqual([1, 2]);
    await app.services.triggers.stores.pauses.resume('events');
    await load(4);
    // Taken again once, with those of the lag known as loaded.
    expect(await ids()).toEqual([1, 2, 3, 4]);
    const inventory = await app.services.activities.stores.usage.inventory();
    expect(inventory?.classes.map(({ name }) => name)).toContain('seen');
  }, 60_000);

  test('a project that cannot be read has nothing swept', async () => {
    await app.writePipeline('broken', 'pipeline: broken\n');
    const { policies } = await sweep(4000);
    expect(policies).toEqual([]);
  });
});
