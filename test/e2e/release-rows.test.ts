import { startRelease } from '../../src/triggers/start-release';
import { getRun } from '../../src/triggers/http/read-runs';
import { startInProcessApp, type InProcessApp } from '../support/in-process-app';
import { makeRelease } from '../support/make-release';

const PATIENCE_MS = 120_000;
const COLUMNS = '{ id: integer, amount: integer, city: string }';
const pipelineOf = (name: string, rest: string): string => `
pipeline: ${name}
source: { connection: landing, files: '${name}/*.csv', format: { type: csv }, incremental: { by: file }, columns: ${COLUMNS} }
target: { connection: warehouse, table: sales.${name}, writeDisposition: append }
${rest}
`;

describe('rows released from quarantine', () => {
  let app: InProcessApp;
  beforeAll(async () => {
    app = await startInProcessApp();
  }, PATIENCE_MS);
  afterAll(() => app.stop());

  const loaded = (name: string) =>
    app.database.query<{ id: number; country?: string }>(`SELECT * FROM sales.${name} ORDER BY id, amount`);
  const release = async (pipeline: string, runs: readonly string[], rows: string) => {
    const made = await makeRelease(app, { pipeline, runs, rows });
    const { runId } = await startRelease(app.services.triggers, app.orchestrations, made, { by: 'ann' });
    return app.record(runId);
  };

  test(
    'of several runs stand at places of their own; the ledgers of the runs balance together',
    async () => {
      await app.writePipeline('several', pipelineOf('several', 'checks: [{ range: { column: amount, min: 0 } }]'));
      await app.land('several/a.csv', 'id,amount,city\n1,-1,Rome\n2,2,Oslo\n');
      const first = await app.run('several');
      await app.land('several/b.csv', 'id,amount,city\n3,-1,Lima\n4,4,Bonn\n5,-2,Kyiv\n');
      const second = await app.run('several');
      const runs = [first.runId, second.runId];
      const run = await release('several', runs, `SELECT *, id = '1' AS _sluice_waived FROM rows WHERE id <> '5'`);
      expect(run).toMatchObject({ status: 'Succeeded', counts: { read: 2, loaded: 1, quarantined: 1 } });
      expect((await loaded('several')).map(({ id }) => id)).toEqual([1, 2, 4]);
      const request = { params: { id: run.runId } };
      const { jsonBody } = await getRun(app.services.triggers, request as never, undefined as never);
      expect(jsonBody).toMatchObject({
        runId: run.runId,
        release: {
          releaseOf: [
            { runId: first.runId, quarantined: 1 },
            { runId: second.runId, quarantined: 2 },
          ],
          released: 2,
          loaded: 1,
          quarantinedAgain: 1,
          otherwise: 0,
          notInThisRelease: 1,
          balanced: true,
        },
      });
    },
    PATIENCE_MS,
  );

  test(
    'may lack what a lookup takes when they are approved, and lose a deduplication among themselves',
    async () => {
      await app.writePipeline('cities', pipelineOf('cities', ''));
      await app.land('cities/c.csv', 'id,amount,city\n7,70,Rome\n');
      await app.run('cities');
      const steps = `dependsOn: [cities]
transform:
  - lookup: { from: cities, match: { city: city }, take: { country: amount }, missing: quarantine }
  - deduplicate: { keys: [id], orderBy: [amount desc] }`;
      await app.writePipeline('visits', pipelineOf('visits', steps));
      await app.land('visits/a.csv', 'id,amount,city\n1,1,Rome\n2,2,Oslo\n2,3,Oslo\n');
      const origin = await app.run('visits');
      expect(origin).toMatchObject({ status: 'Succeeded', counts: { loaded: 1, quarantined: 2 } });
      const run = await release('visits', [origin.runId], 'SELECT *, true AS _sluice_waived FROM rows');
      expect(run).toMatchObject({
        status: 'Succeeded',
        counts: { read: 2, loaded: 1, deduplicated: 1, quarantined: 0 },
      });
      expect(await loaded('visits')).toMatchObject([
        { id: 1, amount: 1, country: 70 },
        { id: 2, amount: 3, country: null },
      ]);
    },
    PATIENCE_MS,
  );

  test(
    'that a step made go in after that step, each unnested row by itself',
    async () => {
      const checks = 'checks: [{ range: { column: part, min: 0 } }, { unique: [part] }]';
      const split = `transform:
  - derive: { parts: "CAST(string_split(city, ' ') AS INTEGER[])" }
  - unnest: { column: parts, as: part }
${checks}`;
      await app.writePipeline('split', pipelineOf('split', split));
      await app.land('split/a.csv', 'id,amount,city\n1,1,1 -2 -3\n');
      const origin = await app.run('split');
      expect(origin).toMatchObject({ status: 'Succeeded', counts: { generated: 2, loaded: 1, quarantined: 2 } });
      const rows = 'SELECT *, part = -2 AS _sluice_waived FROM rows';
      const made = await makeRelease(app, { pipeline: 'split', runs: [origin.runId], rows, entry: 2 });
      const { runId } = await startRelease(app.services.triggers, app.orchestrations, made, { by: 'ann' });
      expect(await app.record(runId)).toMatchObject({
        status: 'Succeeded',
        counts: { read: 2, generated: 0, loaded: 1, quarantined: 1 },
      });
      expect(await app.services.activities.stores.quarantine.list({ runId, limit: 10 })).toMatchObject([
        { rows: 1, entry: 2, reasons: [{ reason: 'range(part)', rows: 1 }] },
      ]);
      const late = { ...made, id: 'rel-moved', entry: 1 };
      const moved = await startRelease(app.services.triggers, app.orchestrations, late, { by: 'ann' });
      expect(await app.record(moved.runId)).toMatchObject({
        pipelines: [{ failure: { code: 'release-not-possible' } }],
      });
    },
    PATIENCE_MS,
  );

  test(
    'need no source; and no group of rows is made of them alone',
    async () => {
      const rest = 'checks: [{ range: { column: amount, min: 0 } }]';
      await app.writePipeline('gone', pipelineOf('gone', rest));
      await app.land('gone/a.csv', 'id,amount,city\n1,-1,Rome\n2,2,Oslo\n');
      const { runId } = await app.run('gone');
      const elsewhere = pipelineOf('gone', rest).replace('connection: landing', 'connection: closed');
      await app.writePipeline('gone', elsewhere);
      const approved = 'SELECT *, true AS _sluice_waived FROM rows';
      expect(await release('gone', [runId], approved)).toMatchObject({ status: 'Succeeded', counts: { loaded: 1 } });

      const sums = `transform: [{ aggregate: { groupBy: [city], measures: { amount: sum(amount), id: min(id) } } }]`;
      await app.writePipeline('sums', pipelineOf('sums', rest));
      await app.land('sums/a.csv', 'id,amount,city\n1,-1,Rome\n2,2,Oslo\n');
      const origin = await app.run('sums');
      await app.writePipeline('sums', pipelineOf('sums', `${sums}\n${rest}`));
      expect(await release('sums', [origin.runId], approved)).toMatchObject({
        pipelines: [{ failure: { code: 'release-not-possible', message: expect.stringContaining('aggregate') } }],
      });
    },
    PATIENCE_MS,
  );
});
