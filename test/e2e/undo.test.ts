import { startUndo } from '../../src/triggers/undo/start-undo';
import { startRelease } from '../../src/triggers/start-release';
import { startInProcessApp, type InProcessApp } from '../support/in-process-app';
import { makeRelease } from '../support/make-release';

const PATIENCE_MS = 120_000;

/** A published run that should not have been. The table is compared whole with what it was before. */
describe.each([false, true])('taking back a run; activities run twice: %s', (twice) => {
  let app: InProcessApp;
  beforeAll(async () => {
    app = await startInProcessApp();
  }, PATIENCE_MS);
  afterAll(() => app.stop());
  beforeEach(() => {
    app.twice = twice;
  });

  const pipelineOf = (name: string, how: string, more = ''): string => `pipeline: ${name}
source: { connection: landing, files: ${name}/*.csv, incremental: { by: file } }
transform: [{ cast: { id: integer } }]
${more}
target: { connection: warehouse, table: mart.${name}, ${how} }
`;
  const rows = async (name: string): Promise<string[]> =>
    (
      await app.database.query<{ text: string }>(`SELECT id || ':' || name AS text FROM mart.${name} ORDER BY id, name`)
    ).map(({ text }) => text);
  const undo = async (runId: string) => {
    const run = await app.record(runId);
    await startUndo(app.services.triggers, app.orchestrations, run, { by: 'ann', reason: 'wrong file' });
    const record = await app.services.triggers.stores.undos.get(runId);
    const end = record?.end ?? null;
    if (end === null) throw new Error('The undo did not end.');
    return end;
  };
  const resume = (name: string) => app.services.triggers.stores.pauses.resume(name);
  const loads = async (name: string, file: string, text: string) => {
    await app.land(`${name}/${file}`, `id,name\n${text}`);
    const run = await app.run(name);
    expect({ status: run.status, failure: run.failure }).toEqual({ status: 'Succeeded', failure: null });
    return run.runId;
  };

  test('an append: its rows are gone, the pipeline is paused, and the file is loaded once when it is resumed', async () => {
    await app.writePipeline('append', pipelineOf('append', 'writeDisposition: append'));
    await loads('append', 'a.csv', '1,a\n2,b\n');
    const second = await loads('append', 'b.csv', '3,c\n');
    expect(await undo(second)).toMatchObject({
      status: 'Succeeded',
      undone: [{ pipeline: 'append', removed: 1, restored: 0 }],
    });
    expect(await rows('append')).toEqual(['1:a', '2:b']);
    expect(await app.run('append')).toMatchObject({
      pipelines: [{ reason: expect.stringMatching(/^paused by ann: run-\w+ is taken back: wrong file$/) as string }],
    });
    await resume('append');
    expect(await app.run('append')).toMatchObject({ status: 'Succeeded', counts: { read: 1, loaded: 1 } });
    expect(await rows('append')).toEqual(['1:a', '2:b', '3:c']);
    expect((await app.run('append')).pipelines[0]?.reason).toMatch(/^already loaded/);
    // Asked for once more, nothing happens.
    expect(await undo(second)).toMatchObject({ status: 'Succeeded' });
    expect(await rows('append')).toHaveLength(3);
  });

  test('an append that others followed: theirs stay', async () => {
    await app.writePipeline('older', pipelineOf('older', 'writeDisposition: append'));
    const first = await loads('older', 'a.csv', '1,a\n');
    await loads('older', 'b.csv', '2,b\n');
    expect(await undo(first)).toMatchObject({ status: 'Succeeded' });
    expect(await rows('older')).toEqual(['2:b']);
    await resume('older');
    expect(await app.run('older')).toMatchObject({ counts: { read: 1, loaded: 1 } });
    expect(await rows('older')).toEqual(['1:a', '2:b']);
  });

  test.each(['plain', 'viewed'])(
    'a replace of a %s table: what it had put in place of is there again, once',
    async (kind) => {
      const name = `replace_${kind}`;
      await app.writePipeline(name, pipelineOf(name, 'writeDisposition: replace'));
      const first = await loads(name, 'a.csv', '1,a\n2,b\n');
      await app.database.query(`CREATE INDEX ${name}_by_name ON mart.${name} (name)`);
      if (kind === 'viewed') await app.database.query(`CREATE VIEW mart.${name}_view AS SELECT * FROM mart.${name}`);
      const second = await loads(name, 'a.csv', '7,x\n');
      expect(await rows(name)).toEqual(['7:x']);
      expect(await undo(first)).toMatchObject({ status: 'Failed', failure: { code: 'undo-not-possible' } });
      expect(await undo(second)).toMatchObject({ status: 'Succeeded', failure: null });
      expect(await rows(name)).toEqual(['1:a', '2:b']);
      const [index] = await app.database.query(
        `SELECT indexname FROM pg_indexes WHERE tablename = $1 AND schemaname = 'mart'`,
        [name],
      );
      expect(index).toEqual({ indexname: `${name}_by_name` });
      expect(await undo(first)).toMatchObject({ status: 'Succeeded' });
      expect(await rows(name)).toEqual([]);
      await resume(name);
      await app.run(name);
      expect(await rows(name)).toEqual(['7:x']);
      const kept = await app.database.query(
        `SELECT relname FROM pg_class WHERE relname ~ '^[gb]_[0-9]+$' AND obj_description(oid) LIKE $1`,
        [`%mart.${name}"%`],
      );
      expect(kept).toEqual([]);
    },
  );

  test('a merge: inserted rows are gone, changed ones as they were', async () => {
    await app.writePipeline('merged', pipelineOf('merged', 'writeDisposition: merge, key: [id]'));
    await loads('merged', 'a.csv', '1,a\n2,b\n3,c\n');
    const whole = await app.database.query('SELECT * FROM mart.merged ORDER BY id');
    const second = await loads('merged', 'b.csv', '2,B\n3,c\n4,d\n');
    expect(await rows('merged')).toEqual(['1:a', '2:B', '3:c', '4:d']);
    expect(await undo(second)).toMatchObject({ status: 'Succeeded' });
    expect(await app.database.query('SELECT * FROM mart.merged ORDER BY id')).toEqual(whole);
    await resume('merged');
    expect(await app.run('merged')).toMatchObject({ status: 'Succeeded', counts: { read: 3 } });
    expect(await rows('merged')).toEqual(['1:a', '2:B', '3:c', '4:d']);
  });

  test('nothing is taken back when somebody changed the rows since, and everything is when they are there again', async () => {
    await app.writePipeline('changed', pipelineOf('changed', 'writeDisposition: append'));
    const run = await loads('changed', 'a.csv', '1,a\n2,b\n');
    const [row] = await app.database.query('DELETE FROM mart.changed WHERE id = 2 RETURNING *');
    const refused = await undo(run);
    expect(refused).toMatchObject({
      status: 'Failed',
      undone: [],
      failure: { code: 'undo-not-possible', class: 'business' },
    });
    expect(refused.failure?.message).toContain('holds 1 of the 2 rows');
    expect(await app.services.triggers.stores.pauses.get('changed')).toBeNull();
    expect(await rows('changed')).toEqual(['1:a']);
    const names = Object.keys(row ?? {});
    await app.database.query(
      `INSERT INTO mart.changed (${names.map((name) => `"${name}"`).join(', ')}) VALUES (${names.map((_, at) => `$${at + 1}`).join(', ')})`,
      Object.values(row ?? {}),
    );
    expect(await undo(run)).toMatchObject({ status: 'Succeeded' });
    expect(await rows('changed')).toEqual([]);
  });

  test('what another pipeline has read since is taken back after it only', async () => {
    await app.writePipeline('codes', pipelineOf('codes', 'writeDisposition: replace'));
    const lookup = 'dependsOn: [codes]\nchecks: [{ relationships: { column: id, to: codes, field: id } }]';
    await app.writePipeline('facts', pipelineOf('facts', 'writeDisposition: append', lookup));
    const codes = await loads('codes', 'a.csv', '1,a\n');
    const facts = await loads('facts', 'a.csv', '1,x\n');
    const refused = await undo(codes);
    expect(refused.failure?.message).toContain(`facts reads codes, and ${facts} has published it`);
    expect(await undo(facts)).toMatchObject({ status: 'Succeeded' });
    expect(await undo(codes)).toMatchObject({ status: 'Succeeded' });
    expect([await rows('codes'), await rows('facts')]).toEqual([[], []]);
  });

  test('a run whose quarantined rows were released, and the release', async () => {
    await app.writePipeline(
      'kept',
      pipelineOf(
        'kept',
        'writeDisposition: append',
        'checks: [{ range: { column: id, max: 5 } }]\nquarantine: { maxShare: 90% }',
      ),
    );
    const origin = await loads('kept', 'a.csv', '1,a\n9,z\n');
    const made = await makeRelease(app, {
      pipeline: 'kept',
      runs: [origin],
      rows: 'SELECT *, true AS _sluice_waived FROM rows',
    });
    const released = await startRelease(app.services.triggers, app.orchestrations, made, { by: 'ann' });
    expect(await rows('kept')).toEqual(['1:a', '9:z']);
    expect((await undo(origin)).failure?.message).toContain(
      `${released.runId} has loaded rows that ${origin} had quarantined`,
    );
    expect(await undo(released.runId)).toMatchObject({ status: 'Succeeded' });
    expect(await rows('kept')).toEqual(['1:a']);
    expect(await undo(origin)).toMatchObject({ status: 'Succeeded' });
    expect(await rows('kept')).toEqual([]);
    await resume('kept');
    expect(await app.run('kept')).toMatchObject({ counts: { read: 2, loaded: 1, quarantined: 1 } });
  });

  test.each(['append', 'replace'])('files of a container: %s', async (how) => {
    const name = `files_${how}`;
    const target = `target: { connection: landing, path: out/${name}, writeDisposition: ${how} }`;
    await app.writePipeline(name, pipelineOf(name, '').replace(/target: .*/, target));
    const current = async () => {
      const { activities } = app.services;
      const project = activities.currentProject();
      if (project === null) throw new Error('The project is invalid.');
      const open = await activities.openTarget(project, 'landing');
      return activities.engine.use(async (session) => {
        const file = `${session.scratchFolder}/out.parquet`;
        const config = project.pipelines[name]?.target;
        if (config === undefined || (await open.exportPublished(config, ['id'], file, session)) === 0) return [];
        return (await session.rows<{ id: number }>(`SELECT id FROM read_parquet('${file}') ORDER BY id`)).map(
          ({ id }) => id,
        );
      });
    };
    await loads(name, 'a.csv', '1,a\n2,b\n');
    const second = await loads(name, 'b.csv', '3,c\n');
    const both = how === 'append' ? [1, 2, 3] : [1, 2, 3];
    expect(await current()).toEqual(both);
    expect(await undo(second)).toMatchObject({ status: 'Succeeded' });
    expect(await current()).toEqual([1, 2]);
    await resume(name);
    await app.run(name);
    expect(await current()).toEqual(both);
  });

  test('a run that published nothing', async () => {
    await app.writePipeline('nothing', pipelineOf('nothing', 'writeDisposition: append'));
    await loads('nothing', 'a.csv', '1,a\n');
    const idle = await app.run('nothing');
    await expect(undo(idle.runId)).rejects.toMatchObject({ code: 'undo-not-possible' });
  });
});
