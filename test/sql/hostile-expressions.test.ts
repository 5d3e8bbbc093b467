import { pipelineOf, StepsBench } from '../unit/steps/support/steps-bench';

const bench = new StepsBench();
beforeAll(() => bench.open());
afterAll(() => bench.close());

/** What the engine itself refuses, though nothing looked at the SQL before: the second fence. */
const REFUSED_BY_ENGINE = [
  `SELECT content FROM read_text('/etc/hostname')`,
  `SELECT * FROM read_csv('/etc/passwd')`,
  `SELECT * FROM read_parquet('https://example.com/x.parquet')`,
  `SELECT * FROM glob('/etc/*')`,
  `COPY (SELECT 1) TO '/tmp/sluice-hostile.csv'`,
  `COPY (SELECT 1) TO '/etc/sluice-hostile.csv'`,
  `ATTACH '/tmp/sluice-hostile.db' AS other`,
  `INSTALL httpfs`,
  `LOAD httpfs`,
  `SET enable_external_access = true`,
  `SET allowed_directories = ['/']`,
  `PRAGMA enable_external_access = true`,
  `EXPORT DATABASE '/tmp/sluice-hostile'`,
  `SELECT getenv('HOME')`,
  `SELECT 1; COPY (SELECT 1) TO '/tmp/sluice-hostile.csv'`,
];

it.each(REFUSED_BY_ENGINE)('the locked engine refuses %s', async (sql) => {
  await expect(bench.session.run(sql)).rejects.toMatchObject({
    code: expect.stringMatching(/^(engine-query-refused|engine-query-failed)$/) as string,
  });
});

/** Every place of a pipeline that takes an expression refuses what is no plain expression. */
const HOSTILE = [
  `(SELECT content FROM read_text('/etc/hostname'))`,
  `1) FROM step_0; COPY (SELECT 1) TO '/tmp/x.csv' --`,
  `repeat('x', 1000000000)`,
];

describe.each(HOSTILE)('%s', (text) => {
  it.each([
    ['derive', { transform: [{ derive: { x: text } }] }],
    ['filter', { transform: [{ filter: `(${text}) IS NOT NULL` }] }],
    ['rule.when', { transform: [{ rule: { when: `(${text}) IS NOT NULL`, set: { a: '1' } } }] }],
    ['rule.set', { transform: [{ rule: { when: 'a > 0', set: { x: text } } }] }],
    ['rule.else', { transform: [{ rule: { when: 'a > 0', set: { a: '1' }, else: { x: text } } }] }],
    ['expression', { checks: [{ expression: { sql: `(${text}) IS NOT NULL` } }] }],
  ])('is refused in %s, before any row', async (_, part) => {
    await expect(bench.transform(pipelineOf(part), 'SELECT 1 AS a')).rejects.toMatchObject({
      code: 'pipeline-invalid',
    });
  });
});

it.each([
  [
    'a column name',
    { transform: [{ derive: { [`x" FROM read_text('/etc/hostname') --`]: 'a' } }] },
    `x" FROM read_text('/etc/hostname') --`,
  ],
  ['a new name', { transform: [{ rename: { a: `b" , (SELECT 1) AS "c` } }] }, `b" , (SELECT 1) AS "c`],
])('%s is only a name', async (_, part, name) => {
  const { good } = await bench.transform(pipelineOf(part), 'SELECT 1 AS a');
  expect(good[0]?.[name]).toBe(1);
});

it.each([
  [{ acceptedValues: { column: 'a', values: [`x') OR true --`] } }],
  [{ pattern: { column: 'a', regex: `x'|'1'='1` } }],
  [{ range: { column: 'a', min: `zz' OR '1'='1` } }],
])('values of checks are only values: %j', async (check) => {
  const { facts } = await bench.transform(pipelineOf({ checks: [check] }), `SELECT 'abc' AS a`);
  expect(facts.counts).toMatchObject({ quarantined: 1, loaded: 0 });
});

it('tokens, formats and replacements of a cleanse or cast are only texts', async () => {
  const config = pipelineOf({
    transform: [
      { cleanse: { nullTokens: [`'); DROP`], replace: [{ pattern: `'`, with: `''||'` }] } },
      { cast: { d: { type: 'date', formats: [`%Y'%m'%d`], onFailure: 'null' }, n: { type: 'integer', strip: [`'`] } } },
    ],
  });
  const { good } = await bench.transform(config, `SELECT 'it''s' AS t, '2024''01''02' AS d, '1' AS n`);
  expect(good[0]).toMatchObject({ t: `it''||'s`, n: 1 });
});

/** An sql step sees `input` and nothing else: no file, no table, no setting, no clock, no statement beside the SELECT. */
const HOSTILE_QUERIES = [
  `SELECT content FROM read_text('/etc/hostname')`,
  `SELECT * FROM '/etc/passwd'`,
  `SELECT * FROM "rows.parquet"`,
  `WITH "x.csv" AS (SELECT 1 AS a) SELECT * FROM input WHERE a IN (SELECT a FROM "x.csv") UNION SELECT * FROM "y.csv"`,
  `SELECT * FROM (WITH "x.csv" AS (SELECT 1 AS a) SELECT * FROM "x.csv") JOIN "x.csv" USING (a)`,
  `SELECT * FROM step_0`,
  `SELECT * FROM sluice_given`,
  `SELECT * FROM information_schema.tables`,
  `SELECT * FROM duckdb_settings()`,
  `SELECT * FROM duckdb_settings`,
  `SELECT * FROM pragma_database_list`,
  `SELECT * FROM main.input`,
  `SELECT * FROM memory.main.input`,
  `SELECT * FROM query('SELECT 1 AS a')`,
  `SELECT * FROM query_table('input')`,
  `SELECT * FROM range(1000000000000)`,
  `SELECT unnest(range(1000000000000)) FROM input`,
  `SELECT * FROM input, generate_series(1, 1000000)`,
  `SELECT * FROM glob('/etc/*')`,
  `SELECT getenv('HOME') FROM input`,
  `SELECT current_setting('temp_directory') FROM input`,
  `SELECT now() FROM input`,
  `SELECT current_date FROM input`,
  `SELECT current_user FROM input`,
  `SELECT a, random() FROM input`,
  `SELECT uuid() FROM input`,
  `SELECT nextval('s') FROM input`,
  `SELECT repeat('x', 1000000000) FROM input`,
  `SELECT enable_logging('x') FROM input`,
  `SELECT * FROM enable_logging('QueryLog')`,
  `SELECT a FROM input; COPY (SELECT 1) TO '/tmp/x.csv'`,
  `SELECT a FROM input) AS q; COPY (SELECT 1) TO '/tmp/x.csv'; SELECT * FROM (SELECT 1`,
  `SELECT a FROM input) AS one, (SELECT a FROM input`,
  `SELECT a FROM input;`,
  `COPY input TO '/tmp/x.csv'`,
  `ATTACH '/tmp/x.db' AS other`,
  `PRAGMA database_list`,
  `SET threads = 1`,
  `DESCRIBE input`,
  `SELECT * FROM (DESCRIBE input)`,
  `SELECT * FROM (SHOW ALL TABLES)`,
  `SUMMARIZE input`,
  `INSERT INTO input VALUES (1)`,
  `CREATE TABLE x AS SELECT * FROM input`,
  `EXPLAIN SELECT * FROM input`,
  `CALL pragma_version()`,
  `WITH RECURSIVE r AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM r) SELECT * FROM r`,
  `WITH input AS (SELECT 1 AS a) SELECT * FROM input`,
  `SELECT * FROM input TABLESAMPLE 10%`,
  `SELECT * FROM input USING SAMPLE 1`,
  `SELECT * FROM input LIMIT 1`,
  `SELECT DISTINCT ON (a) * FROM input`,
  `SELECT row_number() OVER () FROM input`,
  `SELECT first_value(a) OVER (PARTITION BY a) FROM input`,
  `SELECT any_value(a) FROM input`,
  `SELECT list(a) FROM input`,
  `SELECT * FROM input POSITIONAL JOIN input AS other`,
  `SELECT * FROM (PIVOT input ON a USING count(*))`,
  `SELECT COLUMNS('a') FROM input`,
  `SELECT COLUMNS(c -> c LIKE 'a%') FROM input`,
  `SELECT list_transform([a], x -> x + 1) FROM input`,
  `SELECT a COLLATE nocase FROM input`,
  `SELECT _sluice_row FROM input`,
  `SELECT a AS _sluice_row FROM input`,
  `SELECT input._sluice_row FROM input`,
  `SELECT $1 FROM input`,
  `SELECT a::ENUM('x') FROM input`,
  `SELECT (SELECT max(content) FROM read_text('/etc/hostname')) FROM input`,
  `SELECT a FROM input WHERE EXISTS (SELECT 1 FROM read_csv('/etc/passwd'))`,
  `SELECT a FROM input ORDER BY (SELECT content FROM read_text('/etc/hostname'))`,
  `SELECT a FROM input GROUP BY a HAVING a < (SELECT count(*) FROM glob('*'))`,
  `SELECT a FROM input QUALIFY row_number() OVER (ORDER BY (SELECT count(*) FROM glob('*'))) = 1`,
  `SELECT a FROM input ORDER BY a LIMIT (SELECT count(*) FROM glob('*'))`,
  `SELECT a FROM input JOIN input AS b ON a = (SELECT count(*) FROM glob('*'))`,
  `VALUES ((SELECT count(*) FROM glob('*')))`,
  `SELECT sum(a) FILTER (WHERE a < (SELECT count(*) FROM glob('*'))) FROM input`,
  `SELECT a FROM input WHERE a IN (SELECT count(*) FROM glob('*'))`,
  `SELECT * REPLACE ((SELECT count(*) FROM glob('*')) AS a) FROM input`,
  `SELECT a FROM input /* not closed`,
  ``,
];

it.each([...HOSTILE_QUERIES, `SELECT a FROM input${String.fromCharCode(0)}`])(
  'the sql step refuses %j',
  async (sql) => {
    const config = { ...pipelineOf({}), transform: [{ sql }] };
    await expect(bench.transform(config, 'SELECT 1 AS a')).rejects.toMatchObject({ code: 'pipeline-invalid' });
  },
);

it('the sql step cannot be left with what looks like its end', async () => {
  const config = pipelineOf({
    transform: [{ sql: `SELECT a, ') --' AS "b)", '/*' AS c FROM input -- ) AS x; SELECT 1` }],
  });
  const { good } = await bench.transform(config, 'SELECT 1 AS a');
  expect(good).toMatchObject([{ a: 1, 'b)': ') --', c: '/*' }]);
});

describe.each(HOSTILE)('%s', (text) => {
  it.each([
    ['aggregate', { transform: [{ aggregate: { measures: { x: `max(${text})` } } }] }],
    ['aggregate', { transform: [{ aggregate: { measures: { x: text } } }] }],
    ['sql', { transform: [{ sql: `SELECT ${text} AS x FROM input` }] }],
  ])('is refused in %s, before any row', async (_, part) => {
    await expect(bench.transform(pipelineOf(part), 'SELECT 1 AS a')).rejects.toMatchObject({
      code: 'pipeline-invalid',
    });
  });
});
