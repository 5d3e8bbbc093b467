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
