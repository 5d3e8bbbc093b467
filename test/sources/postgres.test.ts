import { PostgresSource } from '../../src/connectors/sources/postgres/postgres-source';
import { postgresConnection } from '../../src/config/schema/connection';
import { source as sourceSchema, type SourceConfig } from '../../src/config/schema/source';
import type { Partition, Watermark } from '../../src/model/slice';
import { useTestDatabase } from '../support/postgres';
import { describeColumnSource } from './column-source-contract';
import { useTestEngine } from './source-contract';
import { useSourceRuns } from './source-runs';

const engine = useTestEngine();
const database = useTestDatabase();
const runs = useSourceRuns(engine);

function sourceWith(more: object = {}): PostgresSource {
  const { host, port, user, database: name, password } = database();
  const config = postgresConnection.parse({ kind: 'postgres', host, port, user, database: name, tls: 'off', ...more });
  return new PostgresSource({ config, credentials: { login: async () => ({ password }) }, connection: 'crm' });
}

function configOf(config: Record<string, unknown>): SourceConfig {
  return sourceSchema.parse({ connection: 'crm', ...config });
}

const plan = (config: SourceConfig, watermark: Watermark | null = null, source = sourceWith()) =>
  runs.plan(source, config, watermark);

async function planned(config: SourceConfig, watermark: Watermark | null = null, source = sourceWith()) {
  const answer = await plan(config, watermark, source);
  if (answer.outcome !== 'planned') throw new Error(answer.reason);
  return answer;
}

const extract = (config: SourceConfig, partition: Partition, earlier: string | null = null, source = sourceWith()) =>
  runs.extract(source, config, partition, earlier);

const run = (config: SourceConfig, before: Watermark | null, between?: () => Promise<void>) =>
  runs.run(sourceWith(), config, before, between);

const ids = (rows: readonly Record<string, unknown>[]) => rows.map((row) => Number(row['id'])).sort((a, b) => a - b);

describe('postgres source: reading', () => {
  it('keeps every type exactly and leaves out columns of its own', async () => {
    await database()
      .query(`CREATE TABLE kinds (id int, b bigint, d numeric(38,10), n numeric, f double precision, t text, e varchar(5),
      on_day date, at timestamp, tz timestamptz, ok boolean, u uuid, j jsonb, raw bytea, tags text[], span interval, tod time, _sluice_load bigint)`);
    await database().query(`INSERT INTO kinds VALUES
      (1, 9223372036854775807, 1234567890123456789012345678.0123456789, 1.23456789012345678901234567890, 'NaN', E'a,"b"\\nc\\\\', '', '2024-02-29', '2024-03-31 02:30:00.123456',
       '2024-03-31 02:30:00+02', true, '00000000-0000-0000-0000-000000000001', '{"a": [1, null]}', '\\x00ff', '{a,NULL}', '1 day', '24:00:00', 1),
      (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
      (3, 0, -0.5, 0, '-Infinity', '🜁 ü', 'x', '0044-03-15 BC', '290000-12-31 23:59:59', '0001-01-01 00:00:00+00', false, NULL, 'null', '', '{}', '0', '00:00', 1)`);
    const config = configOf({ table: 'public.kinds' });
    const answer = await planned(config);
    expect(answer.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'id integer', 'b bigint', 'd decimal(38,10)', 'n string', 'f double', 't string', 'e string', 'on_day date', 'at timestamp',
      'tz timestamptz', 'ok boolean', 'u uuid', 'j json', 'raw binary', 'tags string', 'span string', 'tod time',
    ]); // prettier-ignore
    const { rows, rejects } = await extract(config, answer.partitions[0]!);
    expect(rejects).toEqual([]);
    expect(rows).toHaveLength(3);
    expect(rows[0]).toMatchObject({
      id: 1,
      b: 9223372036854775807n,
      d: '1234567890123456789012345678.0123456789',
      n: '1.23456789012345678901234567890',
      f: NaN,
      t: 'a,"b"\nc\\',
      e: '',
      tags: '{a,NULL}',
      span: '1 day',
      _sluice_file: 0,
    });
    expect(rows[1]).toMatchObject({ id: 2, b: null, t: null, e: null, j: null, raw: null });
    expect(rows[2]).toMatchObject({ d: '-0.5000000000', t: '🜁 ü', f: -Infinity, tags: '{}' });
    expect(new Set(rows.map((row) => row['_sluice_row'])).size).toBe(3);
  });

  it('keeps aside what no type of the engine holds, and counts it as read', async () => {
    await database().query(
      `CREATE TABLE odd (id int, amount numeric(10,2)); INSERT INTO odd VALUES (1, 'NaN'), (2, 2.5)`,
    );
    const config = configOf({ table: 'odd' });
    const { rows, rejects, read } = await extract(config, (await planned(config)).partitions[0]!);
    expect(ids(rows)).toEqual([2]);
    expect(rejects).toMatchObject([
      { reason: 'malformed-row(amount is no decimal(10,2))', raw: '{"id":"1","amount":"NaN"}' },
    ]);
    expect(read).toBe(2);
  });

  it('keeps a column of nulls alone', async () => {
    await database().query("CREATE TABLE alone (lonely text); INSERT INTO alone VALUES (NULL), (NULL), ('')");
    const config = configOf({ table: 'alone' });
    expect((await extract(config, (await planned(config)).partitions[0]!)).read).toBe(3);
  });

  it('reads a query, and no second statement behind it', async () => {
    await database().query('CREATE TABLE q (id int); INSERT INTO q SELECT generate_series(1, 5)');
    const config = configOf({ query: 'SELECT id, id * 2 AS twice FROM q WHERE id > 2 -- the newer ones' });
    const { rows } = await extract(config, (await planned(config)).partitions[0]!);
    expect(rows.map(({ id, twice }) => [id, twice])).toEqual([[3, 6], [4, 8], [5, 10]]); // prettier-ignore
    for (const query of [
      'SELECT 1) AS x; DROP TABLE q; SELECT * FROM (SELECT 1',
      'DELETE FROM q RETURNING id',
      'SELECT 1; SELECT 2',
    ]) {
      await expect(plan(configOf({ query }))).rejects.toMatchObject({ code: 'source-request-refused' });
    }
    expect(await database().query('SELECT count(*)::int AS n FROM q')).toEqual([{ n: 5 }]);
  });

  it('reads only: a query that writes through a function is refused', async () => {
    await database().query(
      `CREATE TABLE touched (id int); CREATE FUNCTION touch() RETURNS int LANGUAGE sql AS 'INSERT INTO touched VALUES (1) RETURNING id'`,
    );
    const config = configOf({ query: 'SELECT touch() AS id' });
    const [partition] = (await planned(config).catch(() => ({ partitions: [] }))).partitions;
    const reading = partition === undefined ? plan(config) : extract(config, partition);
    await expect(reading).rejects.toMatchObject({ code: 'source-request-refused' });
    expect(await database().query('SELECT count(*)::int AS n FROM touched')).toEqual([{ n: 0 }]);
  });

  it.each([
    ['a table that is missing', { table: 'nowhere' }, 'source-not-found'],
    ['a column that is missing', { table: 'kinds', partitions: { by: 'nothing', min: 2 } }, 'source-schema-mismatch'],
    [
      'a declared column that is missing',
      { table: 'kinds', columns: { nothing: 'integer' } },
      'source-schema-mismatch',
    ],
    ['a cursor that is text', { table: 'kinds', incremental: { by: 'column', column: 't' } }, 'source-schema-mismatch'],
    [
      'a lag that does not fit',
      { table: 'kinds', incremental: { by: 'column', column: 'id', lag: '1h' } },
      'source-schema-mismatch',
    ],
  ])('explains %s', async (_, config, code) => {
    await expect(plan(configOf(config))).rejects.toMatchObject({ code, connection: 'crm' });
  });

  it('explains a wrong password and a server that is away', async () => {
    const { host, port, user, database: name } = database();
    const config = postgresConnection.parse({ kind: 'postgres', host, port, user, database: name, tls: 'off' });
    const wrong = new PostgresSource({
      config,
      credentials: { login: async () => ({ password: 'wrong' }) },
      connection: 'crm',
    });
    await expect(wrong.test()).rejects.toMatchObject({ code: 'authentication-failed' });
    await expect(sourceWith({ port: 1 }).test()).rejects.toMatchObject({
      code: 'source-unavailable',
      class: 'transient',
    });
    expect((await sourceWith().test()).join(' ')).toMatch(/may read \d+ tables/);
  });
});

describe('postgres source: partitions', () => {
  beforeAll(async () => {
    await database().query(
      `CREATE TABLE wide (id int, name text); INSERT INTO wide SELECT CASE WHEN i % 100 = 0 THEN NULL ELSE i END, 'n' || i FROM generate_series(1, 2000) i`,
    );
  });

  it.each([
    ['ranges of a number', { by: 'id', min: 4 }],
    ['ranges of a text', { by: 'name', min: 4 }],
    ['a hash', { by: 'name', method: 'hash', min: 4 }],
    ['a hash of a key with nulls', { by: 'id', method: 'hash', min: 3 }],
  ])('takes each row once by %s', async (_, partitions) => {
    const config = configOf({ table: 'wide', partitions });
    const answer = await planned(config);
    expect(answer.partitions.length).toBe(partitions.min);
    const parts = await Promise.all(answer.partitions.map((partition) => extract(config, partition)));
    expect(parts.every(({ read }) => read > 0)).toBe(true);
    const rows = parts.flatMap((part) => part.rows);
    expect(rows).toHaveLength(2000);
    expect(new Set(rows.map((row) => row['name'])).size).toBe(2000);
    expect(new Set(rows.map((row) => row['_sluice_row'])).size).toBe(2000);
  });

  it('reads one moment over several connections, whatever is committed meanwhile', async () => {
    await database().query(
      `CREATE TABLE moving (id int, pad text) WITH (fillfactor = 50); INSERT INTO moving SELECT i, repeat('x', 200) FROM generate_series(1, 5000) i`,
    );
    const config = configOf({ table: 'moving', consistency: 'snapshot' });
    const answer = await planned(config, null, sourceWith({ maxConnections: 4 }));
    expect(answer.partitions).toHaveLength(1);
    // Every row moves to another page while it is read.
    const moving = database().query('UPDATE moving SET id = id + 10000');
    const [part] = await Promise.all([
      extract(config, answer.partitions[0]!, null, sourceWith({ maxConnections: 4 })),
      moving,
    ]);
    const found = ids(part.rows);
    expect(found).toHaveLength(5000);
    const base = found[0]! - 1;
    expect([0, 10000]).toContain(base);
    expect(found).toEqual(Array.from({ length: 5000 }, (_, index) => base + index + 1));
  });
});

let tables = 0;
describeColumnSource(
  'postgres',
  async (at) => {
    const table = `ev${(tables += 1)}`;
    await database().query(`CREATE TABLE ${table} (id int, at ${at === 'time' ? 'timestamptz' : 'numeric(20,3)'})`);
    return {
      source: sourceWith(),
      config: (incremental) => configOf({ table, incremental: { by: 'column', column: 'at', ...incremental } }),
      put: async (rows) => {
        const values = rows.map(({ id, at: value }) => `(${id}, ${value === null ? 'NULL' : `'${value}'`})`);
        if (values.length > 0) await database().query(`INSERT INTO ${table} VALUES ${values.join(', ')}`);
      },
    };
  },
  engine,
);

describe('postgres source: incremental by column', () => {
  it('looks back by its lag and finds what was committed late with an earlier value, once', async () => {
    const { query } = database();
    await query(`CREATE TABLE late (id int, at timestamp)`);
    await query(
      `INSERT INTO late SELECT i, timestamp '2024-01-01' + i * interval '10 minutes' FROM generate_series(1, 20) i`,
    );
    const config = configOf({
      table: 'late',
      incremental: { by: 'column', column: 'at', lag: '1h' },
      partitions: { by: 'id', min: 3 },
    });
    const first = await run(config, null);
    expect(ids(first.rows)).toHaveLength(20);
    expect(first.watermark?.seen?.rows).toBe(7);
    await query(
      `INSERT INTO late VALUES (100, '2024-01-01 02:45'), (101, '2024-01-01 03:40'), (102, '2024-01-01 01:00')`,
    );
    const second = await run(config, first.watermark);
    // 102 lies behind the lag: the documented limit.
    expect(ids(second.rows)).toEqual([100, 101]);
    expect((await run(config, second.watermark)).reason).toMatch(/^already loaded/);
  });

  it('starts where it is told, and says when there is nothing', async () => {
    const { query } = database();
    await query(`CREATE TABLE st (id int, d date); INSERT INTO st VALUES (1, '2020-01-01'), (2, '2024-01-01')`);
    const config = configOf({ table: 'st', incremental: { by: 'column', column: 'd', start: '2023-01-01' } });
    expect(ids((await run(config, null)).rows)).toEqual([2]);
    await query('TRUNCATE st');
    expect((await run(config, null)).reason).toBe('st holds no row with a d');
  });
});
