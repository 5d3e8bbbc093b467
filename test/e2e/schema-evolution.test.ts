import type { SchemaVersion } from '../../src/model/schema-version';
import { sluice } from '../unit/cli/support/sluice';
import { startInProcessApp, type InProcessApp } from '../support/in-process-app';

const PATIENCE_MS = 120_000;

/** Sources that change their shape, and what becomes of the target. */
describe('schema evolution', () => {
  let app: InProcessApp;
  beforeAll(async () => {
    app = await startInProcessApp();
    await app.database.query('CREATE SCHEMA crm');
  }, PATIENCE_MS);
  afterAll(() => app.stop());
  beforeEach(() => {
    app.twice = false;
    app.dies = null;
  });

  const pipelineOf = (
    name: string,
    schema: string,
    how = 'writeDisposition: append',
    more = '',
  ): string => `pipeline: ${name}
source: { connection: landing, files: ${name}/*.csv, incremental: { by: file }, schema: ${schema} }
${more}
target: { connection: warehouse, table: mart.${name}, ${how} }
`;
  const typesOf = async (table: string): Promise<Record<string, string>> =>
    Object.fromEntries(
      (
        await app.database.query<{ name: string; type: string }>(
          `SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
           WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attname NOT LIKE '\\_sluice%'`,
          [table],
        )
      ).map(({ name, type }) => [name, type]),
    );
  const versions = (name: string, side: 'source' | 'target'): Promise<readonly SchemaVersion[]> =>
    app.services.triggers.stores.schemas.list(name, side, 10);
  const rows = (table: string) =>
    app.database.query(
      `SELECT to_jsonb(t) - '_sluice_load' - '_sluice_file' - '_sluice_row' AS row FROM ${table} t ORDER BY 1`,
    );

  test.each([
    ['append', false],
    ['append', true],
    ['replace', true],
    ['merge, key: [id]', true],
  ] as const)('a new column is added in the transaction that publishes: %s, twice: %s', async (how, twice) => {
    const name = `grow_${how.split(',')[0]}_${twice ? 2 : 1}`;
    app.twice = twice;
    await app.writePipeline(name, pipelineOf(name, '{ columns: evolve }', `writeDisposition: ${how}`));
    await app.land(`${name}/a.csv`, 'id,name\n1,a\n');
    await app.run(name);
    await app.land(`${name}/b.csv`, 'id,name,city\n2,b,Rome\n');
    const run = await app.run(name);
    expect({ status: run.status, failure: run.failure }).toEqual({ status: 'Succeeded', failure: null });
    expect(await typesOf(`mart.${name}`)).toEqual({ id: 'text', name: 'text', city: 'text' });
    expect((await rows(`mart.${name}`)).map(({ row }) => row)).toEqual([
      { id: '1', name: 'a', city: null },
      { id: '2', name: 'b', city: 'Rome' },
    ]);
    expect((await versions(name, 'target')).map(({ version, changes }) => [version, changes])).toEqual([
      [2, [{ change: 'added', column: 'city', type: 'string' }]],
      [1, []],
    ]);
    expect((await versions(name, 'source'))[0]).toMatchObject({ version: 2, runId: run.runId });
  });

  test('sluice plan knows what a run may add to the table, and what it may not', async () => {
    const planned = async (name: string) => {
      const { out } = await sluice(['plan', name, '--json', '-f', app.pipelinesFolder], app);
      return JSON.parse(out).preview.target.current.answer.mismatch as string | null;
    };
    for (const columns of ['evolve', 'freeze']) {
      const name = `planned_${columns}`;
      await app.writePipeline(name, pipelineOf(name, `{ columns: ${columns} }`));
      await app.land(`${name}/a.csv`, 'id\n1\n');
      await app.run(name);
      await app.land(`${name}/a.csv`, 'id,city\n2,Rome\n');
    }
    expect(await planned('planned_evolve')).toBeNull();
    expect(await planned('planned_freeze')).toContain('city (text) is missing');
  });

  test('a run that dies before it publishes leaves the table as it was', async () => {
    await app.writePipeline('dies', pipelineOf('dies', '{ columns: evolve }'));
    await app.land('dies/a.csv', 'id\n1\n');
    await app.run('dies');
    await app.land('dies/b.csv', 'id,city\n2,Rome\n');
    app.dies = 'publish';
    expect(await app.run('dies')).toMatchObject({ status: 'Failed' });
    expect(await typesOf('mart.dies')).toEqual({ id: 'text' });
    app.dies = null;
    expect(await app.run('dies')).toMatchObject({ status: 'Succeeded', counts: { loaded: 1 } });
    expect(await typesOf('mart.dies')).toEqual({ id: 'text', city: 'text' });
  });

  test('a wider type of a database column widens that of the table, and no value changes', async () => {
    const yaml = (schema: string) => `pipeline: wide
source: { connection: warehouse, table: crm.wide, schema: ${schema} }
target: { connection: warehouse, table: mart.wide, writeDisposition: replace }
`;
    await app.writePipeline('wide', yaml('{ types: evolve }'));
    await app.database.query('CREATE TABLE crm.wide (id int, amount numeric(6,2), day date)');
    await app.database.query(`INSERT INTO crm.wide VALUES (1, 12.5, '2024-01-02')`);
    await app.run('wide');
    await app.database.query(
      'ALTER TABLE crm.wide ALTER id TYPE bigint, ALTER amount TYPE numeric(12,4), ALTER day TYPE timestamp',
    );
    await app.database.query(`INSERT INTO crm.wide VALUES (9999999999, 0.1234, '2024-01-02 10:00')`);
    const run = await app.run('wide');
    expect({ status: run.status, failure: run.failure }).toEqual({ status: 'Succeeded', failure: null });
    expect(await typesOf('mart.wide')).toEqual({
      id: 'bigint',
      amount: 'numeric(12,4)',
      day: 'timestamp without time zone',
    });
    expect((await versions('wide', 'target'))[0]?.changes).toEqual([
      { change: 'type', column: 'id', from: 'integer', to: 'bigint' },
      { change: 'type', column: 'amount', from: 'decimal(6,2)', to: 'decimal(12,4)' },
      { change: 'type', column: 'day', from: 'date', to: 'timestamp' },
    ]);
    await app.database.query('ALTER TABLE crm.wide ALTER id TYPE text');
    expect(await app.run('wide')).toMatchObject({
      pipelines: [
        { failure: { code: 'target-schema-mismatch', message: expect.stringContaining('id is bigint') as string } },
      ],
    });
    expect(await typesOf('mart.wide')).toMatchObject({ id: 'bigint' });
  });

  test('a column that the source no longer has is neither dropped nor passed over in silence', async () => {
    await app.writePipeline('less', pipelineOf('less', '{ columns: evolve }'));
    await app.land('less/a.csv', 'id,city\n1,Rome\n');
    await app.run('less');
    await app.land('less/b.csv', 'id\n2\n');
    const run = await app.run('less');
    expect(run.pipelines[0]?.notes).toContainEqual(
      expect.stringContaining('columns that the pipeline does not give: city'),
    );
    expect((await rows('mart.less')).map(({ row }) => row)).toEqual([
      { id: '1', city: 'Rome' },
      { id: '2', city: null },
    ]);
    expect((await versions('less', 'source'))[0]?.changes).toEqual([
      { change: 'removed', column: 'city', type: 'string' },
    ]);
  });

  test.each([
    ['freeze', { code: 'source-schema-mismatch' }],
    ['quarantineRow', { code: 'source-schema-mismatch' }],
  ])('a new column ends the run where columns are %s', async (policy, failure) => {
    const name = `refuse_${policy.toLowerCase()}`;
    await app.writePipeline(
      name,
      pipelineOf(name, `{ columns: ${policy} }`, undefined, '').replace('schema:', 'columns: { id: string }, schema:'),
    );
    await app.land(`${name}/a.csv`, 'id\n1\n');
    await app.run(name);
    await app.land(`${name}/b.csv`, 'id,city\n2,Rome\n');
    expect(await app.run(name)).toMatchObject({ status: 'Failed', pipelines: [{ failure }] });
    expect(await typesOf(`mart.${name}`)).toEqual({ id: 'text' });
  });

  test('a target that is not there is not made where tables are frozen', async () => {
    await app.writePipeline('frozen', pipelineOf('frozen', '{ tables: freeze }'));
    await app.land('frozen/a.csv', 'id\n1\n');
    expect(await app.run('frozen')).toMatchObject({ pipelines: [{ failure: { code: 'target-schema-mismatch' } }] });
    expect(await app.database.query(`SELECT 1 FROM pg_class WHERE relname = 'frozen'`)).toEqual([]);
    await app.database.query(
      'CREATE TABLE mart.frozen (id text, _sluice_load bigint NOT NULL, _sluice_file int NOT NULL, _sluice_row bigint NOT NULL)',
    );
    expect(await app.run('frozen')).toMatchObject({ status: 'Succeeded' });
  });

  test('discardValue leaves the new column out', async () => {
    await app.writePipeline(
      'leave',
      pipelineOf('leave', '{ columns: discardValue }').replace('schema:', 'columns: { id: string }, schema:'),
    );
    await app.land('leave/a.csv', 'id,city\n1,Rome\n');
    expect(await app.run('leave')).toMatchObject({ status: 'Succeeded', counts: { loaded: 1 } });
    expect(await typesOf('mart.leave')).toEqual({ id: 'text' });
  });

  test.each([
    ['quarantineRow', { loaded: 1, quarantined: 1 }],
    ['discardRow', { loaded: 1, filtered: 1 }],
    ['discardValue', { loaded: 2 }],
  ])('a value of another type, where types are %s', async (policy, counts) => {
    const name = `value_${policy.toLowerCase()}`;
    const yaml = pipelineOf(name, `{ types: ${policy} }`, undefined, 'quarantine: { maxShare: 90% }');
    await app.writePipeline(name, yaml.replace('schema:', 'columns: { id: integer }, schema:'));
    await app.land(`${name}/a.csv`, 'id\n1\nx\n');
    expect(await app.run(name)).toMatchObject({ status: 'Succeeded', counts });
  });

  test('files of a container take a new column, and older files read as empty there', async () => {
    const target = 'target: { connection: landing, path: out/lake, writeDisposition: append }';
    await app.writePipeline('lake', pipelineOf('lake', '{ columns: evolve }').replace(/target: .*/, target));
    await app.land('lake/a.csv', 'id\n1\n');
    await app.run('lake');
    await app.land('lake/b.csv', 'id,city\n2,Rome\n');
    expect(await app.run('lake')).toMatchObject({ status: 'Succeeded' });
    const { activities } = app.services;
    const project = activities.currentProject();
    if (project === null) throw new Error('The project is invalid.');
    const open = await activities.openTarget(project, 'landing');
    const config = project.pipelines['lake']?.target;
    if (config === undefined) throw new Error('There is no lake.');
    const found = await activities.engine.use(async (session) => {
      const file = `${session.scratchFolder}/out.parquet`;
      await open.exportPublished(config, ['id', 'city'], file, session);
      return session.rows(`SELECT id, city FROM read_parquet('${file}') ORDER BY id`);
    });
    expect(found).toEqual([
      { id: '1', city: null },
      { id: '2', city: 'Rome' },
    ]);
  });
});
