import { startRelease } from '../../src/triggers/start-release';
import { startUndo } from '../../src/triggers/undo/start-undo';
import { startInProcessApp, type InProcessApp } from '../support/in-process-app';
import { makeRelease } from '../support/make-release';

const PATIENCE_MS = 120_000;

/** Files that are corrected by their sender after they were loaded. */
describe.each([false, true])('a changed file; activities run twice: %s', (twice) => {
  let app: InProcessApp;
  beforeAll(async () => {
    app = await startInProcessApp();
    app.twice = twice;
  }, PATIENCE_MS);
  afterAll(() => app.stop());

  const pipelineOf = (name: string, more = ''): string => `pipeline: ${name}
source: { connection: landing, files: ${name}/*.csv, incremental: { by: file } }
transform: [{ cast: { id: integer } }]
${more}
target: { connection: warehouse, table: mart.${name}, writeDisposition: append }
`;
  const rows = async (name: string): Promise<string[]> =>
    (
      await app.database.query<{ text: string }>(`SELECT id || ':' || name AS text FROM mart.${name} ORDER BY id, name`)
    ).map(({ text }) => text);
  const loads = async (name: string) => {
    const run = await app.run(name);
    expect({ status: run.status, failure: run.failure }).toEqual({ status: 'Succeeded', failure: null });
    return run;
  };

  test('takes the place of what it had loaded, among other files and alone, and an undo brings that back', async () => {
    await app.writePipeline('changed', pipelineOf('changed'));
    await app.land('changed/a.csv', 'id,name\n1,a\n2,a\n');
    await app.land('changed/b.csv', 'id,name\n3,b\n');
    await loads('changed');
    await app.land('changed/c.csv', 'id,name\n4,c\n');
    await loads('changed');
    await app.land('changed/a.csv', 'id,name\n1,A\n');
    const second = await loads('changed');
    expect(second.pipelines[0]?.notes).toContainEqual(
      expect.stringContaining('changed/a.csv changed since it was loaded'),
    );
    expect(await rows('changed')).toEqual(['1:A', '3:b', '4:c']);
    await app.land('changed/c.csv', 'id,name\n5,C\n6,C\n');
    await loads('changed');
    expect(await rows('changed')).toEqual(['1:A', '3:b', '5:C', '6:C']);
    await startUndo(app.services.triggers, app.orchestrations, second, {
      by: 'ann',
      reason: 'the first one was right',
    });
    expect((await app.services.triggers.stores.undos.get(second.runId))?.end).toMatchObject({
      status: 'Succeeded',
      undone: [{ removed: 1, restored: 2 }],
    });
    expect(await rows('changed')).toEqual(['1:a', '2:a', '3:b', '5:C', '6:C']);
    await app.services.triggers.stores.pauses.resume('changed');
    await loads('changed');
    expect(await rows('changed')).toEqual(['1:A', '3:b', '5:C', '6:C']);
  });

  test('a run that dies before it publishes leaves the old rows', async () => {
    await app.writePipeline('dies', pipelineOf('dies'));
    await app.land('dies/a.csv', 'id,name\n1,a\n');
    await loads('dies');
    await app.land('dies/a.csv', 'id,name\n2,b\n');
    app.dies = 'publish';
    expect(await app.run('dies')).toMatchObject({ status: 'Failed' });
    app.dies = null;
    expect(await rows('dies')).toEqual(['1:a']);
    await loads('dies');
    expect(await rows('dies')).toEqual(['2:b']);
  });

  test('also takes out the rows that were released from its quarantine', async () => {
    await app.writePipeline(
      'kept',
      pipelineOf('kept', 'checks: [{ range: { column: id, max: 5 } }]\nquarantine: { maxShare: 90% }'),
    );
    await app.land('kept/a.csv', 'id,name\n1,a\n9,z\n');
    await app.land('kept/b.csv', 'id,name\n2,b\n8,y\n');
    const { runId } = await loads('kept');
    const released = await makeRelease(app, {
      pipeline: 'kept',
      runs: [runId],
      rows: 'SELECT *, true AS _sluice_waived FROM rows',
    });
    await startRelease(app.services.triggers, app.orchestrations, released, { by: 'ann' });
    expect(await rows('kept')).toEqual(['1:a', '2:b', '8:y', '9:z']);
    await app.land('kept/a.csv', 'id,name\n1,A\n');
    await loads('kept');
    expect(await rows('kept')).toEqual(['1:A', '2:b', '8:y']);
  });

  test('a container that is not there is named before anything is loaded', async () => {
    await app.writeFile('connections.yaml', `${app.connections}\n  lake: { kind: blob, container: no-such-lake }\n`);
    const lake = 'target: { connection: lake, path: out/nowhere, writeDisposition: append }';
    await app.writePipeline('nowhere', pipelineOf('nowhere').replace(/target: .*/, lake));
    await app.land('nowhere/a.csv', 'id,name\n1,a\n');
    expect(await app.run('nowhere')).toMatchObject({
      pipelines: [{ status: 'Failed', failure: { code: 'target-missing', connection: 'lake' } }],
    });
  });

  test('ends the run where its rows cannot be told from others', async () => {
    await app.writePipeline(
      'sums',
      pipelineOf('sums', '').replace(
        'transform: [',
        'transform: [{ aggregate: { groupBy: [name], measures: { id: "max(id)" } } }, ',
      ),
    );
    await app.land('sums/a.csv', 'id,name\n1,a\n');
    await app.land('sums/b.csv', 'id,name\n2,b\n');
    await loads('sums');
    await app.land('sums/a.csv', 'id,name\n7,a\n');
    expect(await app.run('sums')).toMatchObject({
      pipelines: [{ status: 'Failed', failure: { code: 'changed-file' } }],
    });
    expect(await rows('sums')).toEqual(['1:a', '2:b']);

    const lake = 'target: { connection: landing, path: out/lake, writeDisposition: append }';
    await app.writePipeline('lake', pipelineOf('lake').replace(/target: .*/, lake));
    await app.land('lake/a.csv', 'id,name\n1,a\n');
    await loads('lake');
    await app.land('lake/a.csv', 'id,name\n1,A\n');
    expect(await app.run('lake')).toMatchObject({
      pipelines: [{ status: 'Failed', failure: { code: 'changed-file' } }],
    });
  });
});
