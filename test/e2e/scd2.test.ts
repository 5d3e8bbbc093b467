import { startUndo } from '../../src/triggers/undo/start-undo';
import { startInProcessApp, type InProcessApp } from '../support/in-process-app';

const PATIENCE_MS = 120_000;

/** A table that keeps every version of a row. */
describe.each([false, true])('merge by scd2; activities run twice: %s', (twice) => {
  let app: InProcessApp;
  beforeAll(async () => {
    app = await startInProcessApp();
    app.twice = twice;
  }, PATIENCE_MS);
  afterAll(() => app.stop());

  const pipelineOf = (name: string, merge = '', more = ''): string => `pipeline: ${name}
source: { connection: landing, files: ${name}/*.csv${more} }
transform: [{ cast: { id: integer, gone: boolean } }]
target: { connection: warehouse, table: mart.${name}, writeDisposition: merge, key: [id], merge: { strategy: scd2${merge} } }
`;
  const loads = async (name: string, text: string) => {
    await app.land(`${name}/a.csv`, `id,name,gone\n${text}`);
    const run = await app.run(name);
    expect({ status: run.status, failure: run.failure }).toEqual({ status: 'Succeeded', failure: null });
    return run;
  };
  /** Each version: id, name, and the numbers of the loads at which it began and ended. */
  const versions = async (name: string) =>
    (
      await app.database.query<{ text: string }>(
        `WITH moments AS (SELECT m, row_number() OVER (ORDER BY m) AS n FROM
           (SELECT valid_from AS m FROM mart.${name} UNION SELECT valid_to FROM mart.${name} WHERE valid_to IS NOT NULL) u)
         SELECT id || ' ' || coalesce(name, '-') || ' ' || f.n || ' ' || coalesce(t.n::text, 'now') AS text
         FROM mart.${name} v JOIN moments f ON f.m = valid_from LEFT JOIN moments t ON t.m = valid_to ORDER BY id, f.n`,
      )
    ).map(({ text }) => text);
  const whole = (name: string) => app.database.query(`SELECT * FROM mart.${name} ORDER BY id, valid_from`);

  test('keeps versions with their times, changes nothing that is the same, and is taken back whole', async () => {
    await app.writePipeline('people', pipelineOf('people'));
    await loads('people', '1,a,\n2,b,\n3,,\n');
    expect(await versions('people')).toEqual(['1 a 1 now', '2 b 1 now', '3 - 1 now']);
    const before = await whole('people');
    await loads('people', '1,a,\n2,b,\n');
    expect(await whole('people')).toEqual(before);
    const second = await loads('people', '1,A,\n3,c,\n4,d,\n');
    expect(await versions('people')).toEqual([
      '1 a 1 2',
      '1 A 2 now',
      '2 b 1 now',
      '3 - 1 2',
      '3 c 2 now',
      '4 d 2 now',
    ]);
    await startUndo(app.services.triggers, app.orchestrations, second, { by: 'ann', reason: 'wrong file' });
    expect(await whole('people')).toEqual(before);
    await app.services.triggers.stores.pauses.resume('people');
    await app.land('people/a.csv', 'id,name,gone\n1,A,\n1,A2,\n');
    expect(await app.run('people')).toMatchObject({ pipelines: [{ failure: { code: 'merge-key-invalid' } }] });
    expect(await whole('people')).toEqual(before);
    await loads('people', '1,A,\n');
    await loads('people', '1,a,\n');
    expect(await versions('people')).toEqual(['1 a 1 2', '1 A 2 3', '1 a 3 now', '2 b 1 now', '3 - 1 now']);
  });

  test('closes rows that are marked as deleted, or that a whole source no longer has', async () => {
    await app.writePipeline('marked', pipelineOf('marked', ', hardDelete: gone'));
    await loads('marked', '1,a,\n2,b,\n');
    await loads('marked', '1,a,true\n9,z,true\n');
    expect(await versions('marked')).toEqual(['1 a 1 2', '2 b 1 now']);
    await loads('marked', '1,again,\n');
    expect(await versions('marked')).toEqual(['1 a 1 2', '1 again 3 now', '2 b 1 now']);

    await app.writePipeline('absent', pipelineOf('absent', ', absent: close'));
    await loads('absent', '1,a,\n2,b,\n');
    const run = await loads('absent', '2,b,\n3,c,\n');
    expect(await versions('absent')).toEqual(['1 a 1 2', '2 b 1 now', '3 c 2 now']);
    await startUndo(app.services.triggers, app.orchestrations, run, { by: 'ann', reason: 'half a file' });
    expect(await versions('absent')).toEqual(['1 a 1 now', '2 b 1 now']);
  });

  test('lookups find what holds now', async () => {
    await app.writePipeline('codes', pipelineOf('codes'));
    await loads('codes', '1,old,\n');
    await loads('codes', '1,new,\n');
    await app.writePipeline(
      'facts',
      `pipeline: facts
dependsOn: [codes]
source: { connection: landing, files: facts/*.csv }
transform: [{ cast: { id: integer } }, { lookup: { from: codes, match: { id: id }, take: { label: name } } }]
target: { connection: warehouse, table: mart.facts, writeDisposition: replace }
`,
    );
    await app.land('facts/a.csv', 'id\n1\n');
    await app.run('facts');
    expect(await app.database.query('SELECT id, label FROM mart.facts')).toEqual([{ id: 1, label: 'new' }]);
  });
});
