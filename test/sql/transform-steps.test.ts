import { bindPipeline } from '../../src/steps/transform/bind-pipeline';
import { composeChain, inputSql } from '../../src/steps/transform/compose-chain';
import { pipelineOf, StepsBench, type Row } from '../unit/steps/support/steps-bench';

const bench = new StepsBench();
beforeAll(() => bench.open());
afterAll(() => bench.close());

const ORDERS = `SELECT * FROM (VALUES
  ('12', '$1,234.50', TIMESTAMP '2024-01-01 00:00:00', 5),
  ('1.6', 'free', TIMESTAMP '2024-01-01 10:00:00', 50),
  (NULL, NULL, NULL, NULL)) t(delay, price, moment, amount)`;
const AIRPORTS = `SELECT * FROM (VALUES ('12', 'Alaska')) t(iata, state)`;

/** Binds one step or list of checks, and runs its SQL over the orders; every row comes back, with what Sluice knows of it. */
async function stated(part: Parameters<typeof pipelineOf>[0]): Promise<{ sql: readonly string[]; rows: Row[] }> {
  const columns = await bench.columnsOf(ORDERS);
  const airports = await bench.columnsOf(AIRPORTS);
  const bound = await bindPipeline({
    pipeline: pipelineOf(part),
    inputColumns: columns,
    references: { airports },
    session: bench.session,
  });
  expect(bound.problems).toEqual([]);
  const raw = await bench.parquet(
    `SELECT *, 0::INTEGER AS _sluice_file, row_number() OVER () AS _sluice_row FROM (${ORDERS})`,
  );
  const rows = await bench.session.rows(
    composeChain({
      start: inputSql(raw, columns, bound.reasons.words),
      first: 0,
      links: bound.links,
      end: bound.checks.rowChecks.length > 0 ? (bound.checks.sql ?? '') : `SELECT * FROM step_${bound.links.length}`,
      references: [{ pipeline: 'airports', file: await bench.parquet(AIRPORTS), columns: airports }],
      runStartedAt: '2024-01-01T05:00:00.000Z',
    }),
  );
  const sql = bound.links.length > 0 ? bound.links.map((link) => link.sql) : [bound.checks.sql ?? ''];
  return { sql: sql.map(onOneLine), rows: rows.map(withoutPlace) };
}

/** SQL as it is stated below: how it is broken into lines does not matter. */
function onOneLine(sql: string): string {
  return sql.replace(/\s+/g, ' ').replaceAll('( ', '(');
}

function withoutPlace(row: Row): Row {
  const { _sluice_file: _, _sluice_row: __, ...rest } = row;
  return Object.fromEntries(Object.entries(rest).map(([name, value]) => [name.replace('_sluice_', '_'), value]));
}

const values = (rows: Row[], ...names: string[]): unknown[][] =>
  rows.map((row) => names.map((name) => row[name] ?? null));

it('cast makes each cast once, and marks the rows that fail', async () => {
  const { sql, rows } = await stated({
    transform: [{ cast: { delay: 'integer', price: { type: 'decimal(12,2)', strip: ['$'], thousandsMark: ',' } } }],
  });
  expect(sql).toEqual([
    'SELECT * EXCLUDE (_sluice_cast_0, _sluice_cast_1) REPLACE (' +
      'CASE WHEN _sluice_out = 0 THEN _sluice_failed_0 | (' +
      'CASE WHEN "delay" IS NOT NULL AND _sluice_cast_0 IS NULL THEN 1::BIGINT ELSE 0 END + ' +
      'CASE WHEN "price" IS NOT NULL AND _sluice_cast_1 IS NULL THEN 2::BIGINT ELSE 0 END' +
      ') ELSE _sluice_failed_0 END AS _sluice_failed_0, ' +
      'CASE WHEN _sluice_out <> 0 THEN _sluice_out ' +
      'WHEN ("delay" IS NOT NULL AND _sluice_cast_0 IS NULL) OR ("price" IS NOT NULL AND _sluice_cast_1 IS NULL) THEN 2 ' +
      'ELSE _sluice_out END AS _sluice_out, ' +
      '_sluice_cast_0 AS "delay", _sluice_cast_1 AS "price") FROM (SELECT *, ' +
      `CAST(CASE WHEN CAST(TRY_CAST("delay" AS INTEGER) AS VARCHAR) = "delay" OR regexp_full_match(trim("delay"), '[+-]?\\d+') THEN TRY_CAST("delay" AS INTEGER) END AS INTEGER) AS _sluice_cast_0, ` +
      `CAST(CASE WHEN regexp_full_match(trim(replace("price", '$', '')), ` +
      `'[+-]?((\\d{1,3}(,\\d{3})+|\\d+)(\\.\\d{0,2}0*)?|\\.\\d{1,2}0*)') ` +
      `THEN TRY_CAST(replace(replace("price", '$', ''), ',', '') AS DECIMAL(12,2)) END AS DECIMAL(12,2)) AS _sluice_cast_1 FROM step_0)`,
  ]);
  expect(values(rows, 'delay', 'price', '_out', '_failed_0')).toEqual([
    [12, '1234.50', 0, 0n],
    [null, null, 2, 3n],
    [null, null, 0, 0n],
  ]);
});

it('a cast to null marks nothing', async () => {
  const { sql, rows } = await stated({ transform: [{ cast: { moment: { type: 'date', onFailure: 'null' } } }] });
  expect(sql).toEqual([
    'SELECT * EXCLUDE (_sluice_cast_0) REPLACE (_sluice_cast_0 AS "moment") FROM (SELECT *, ' +
      'CAST(CASE WHEN TRY_CAST("moment" AS DATE) = "moment" THEN TRY_CAST("moment" AS DATE) END AS DATE) AS _sluice_cast_0 FROM step_0)',
  ]);
  expect(values(rows, 'moment', '_out')).toEqual([
    ['2024-01-01', 0],
    [null, 0],
    [null, 0],
  ]);
});

it.each([
  [
    { rename: { delay: 'late "by"' } },
    'SELECT * RENAME ("delay" AS "late ""by""") FROM step_0',
    ['late "by"', 'price', 'moment', 'amount'],
  ],
  [{ rename: 'snake_case' }, 'SELECT * FROM step_0', ['delay', 'price', 'moment', 'amount']],
  [
    { select: ['PRICE', 'delay'] },
    'SELECT "price", "delay", * EXCLUDE ("delay", "price", "moment", "amount") FROM step_0',
    ['price', 'delay'],
  ],
  [{ drop: ['Price'] }, 'SELECT * EXCLUDE ("price") FROM step_0', ['delay', 'moment', 'amount']],
])('%j only moves columns', async (step, sql, names) => {
  const result = await stated({ transform: [step] });
  expect(result.sql).toEqual([sql]);
  expect(Object.keys(result.rows[0] ?? {}).filter((name) => !name.startsWith('_'))).toEqual(names);
});

it('derive replaces a present column in place and adds the others, for the rows still in', async () => {
  const { sql, rows } = await stated({ transform: [{ derive: { long: 'amount > 10', DELAY: `delay || 'm'` } }] });
  expect(sql).toEqual([
    `SELECT * REPLACE (CAST(CASE WHEN _sluice_out = 0 THEN (delay || 'm') END AS VARCHAR) AS "delay"), ` +
      'CAST(CASE WHEN _sluice_out = 0 THEN (amount > 10) END AS BOOLEAN) AS "long" FROM step_0',
  ]);
  expect(values(rows, 'delay', 'long')).toEqual([
    ['12m', false],
    ['1.6m', true],
    [null, null],
  ]);
});

it('run_started_at comes from a relation of one row', async () => {
  const { sql, rows } = await stated({ transform: [{ derive: { past: 'moment < run_started_at' } }] });
  expect(sql).toEqual([
    'SELECT * EXCLUDE (run_started_at), CAST(CASE WHEN _sluice_out = 0 THEN (moment < run_started_at) END AS BOOLEAN) AS "past" ' +
      'FROM step_0 CROSS JOIN sluice_given',
  ]);
  expect(values(rows, 'past')).toEqual([[true], [false], [null]]);
});

it('filter keeps what is true', async () => {
  const { sql, rows } = await stated({ transform: [{ filter: 'amount > 10' }] });
  expect(sql).toEqual([
    'SELECT * REPLACE (CASE WHEN _sluice_out <> 0 THEN _sluice_out WHEN (amount > 10) THEN 0 ELSE 1 END AS _sluice_out) FROM step_0',
  ]);
  expect(values(rows, 'amount', '_out')).toEqual([
    [5, 1],
    [50, 0],
    [null, 1],
  ]);
});

it('cleanse nests its parts in a fixed order', async () => {
  const { sql, rows } = await stated({
    transform: [
      {
        cleanse: {
          columns: ['price'],
          trim: false,
          case: 'upper',
          nullTokens: ['free', "it's"],
          unicode: 'NFC',
          replace: [{ pattern: '[$,]', with: '' }],
        },
      },
    ],
  });
  expect(sql).toEqual([
    `SELECT * REPLACE (upper(nullif(nullif(regexp_replace(nfc_normalize("price"), '[$,]', '', 'g'), 'free'), 'it''s')) AS "price") FROM step_0`,
  ]);
  expect(values(rows, 'price')).toEqual([['1234.50'], [null], [null]]);
});

it('deduplicate carries keys and order beside the row', async () => {
  const { sql, rows } = await stated({ transform: [{ deduplicate: { keys: ['delay'], orderBy: ['moment desc'] } }] });
  expect(sql).toEqual([
    'SELECT *, "delay" AS _sluice_key_0, "moment" AS _sluice_order_0, _sluice_out = 0 AS _sluice_contends FROM step_0',
  ]);
  expect(values(rows, '_key_0', '_order_0', '_contends')).toEqual([
    ['12', '2024-01-01 00:00:00', true],
    ['1.6', '2024-01-01 10:00:00', true],
    [null, null, true],
  ]);
});

it('lookup joins the reference from the left', async () => {
  const lookup = { from: 'airports', match: { delay: 'iata' }, take: { home: 'state' } };
  const join =
    'LEFT JOIN (SELECT "iata" AS _sluice_match_0, "state" AS _sluice_take_0 FROM "reference airports") AS r ON l."delay" = r._sluice_match_0';
  const kept = await stated({ transform: [{ lookup }] });
  const counted =
    'CASE WHEN r._sluice_match_0 IS NOT NULL THEN 1::BIGINT ELSE 0 END + CASE WHEN r._sluice_match_0 IS NULL THEN 2::BIGINT ELSE 0 END';
  expect(kept.sql).toEqual([
    `SELECT l.* REPLACE (CASE WHEN _sluice_out = 0 THEN _sluice_failed_0 | (${counted}) ELSE _sluice_failed_0 END AS _sluice_failed_0), ` +
      `r._sluice_take_0 AS "home" FROM step_0 AS l ${join}`,
  ]);
  expect(values(kept.rows, 'home', '_out').sort()).toEqual(
    [
      [null, 0],
      [null, 0],
      ['Alaska', 0],
    ].sort(),
  );
  const quarantined = await stated({ transform: [{ lookup: { ...lookup, missing: 'quarantine' } }] });
  expect(quarantined.sql).toEqual([
    `SELECT l.* REPLACE (CASE WHEN _sluice_out = 0 THEN _sluice_failed_0 | (${counted} + CASE WHEN r._sluice_match_0 IS NULL THEN 4::BIGINT ELSE 0 END) ` +
      'ELSE _sluice_failed_0 END AS _sluice_failed_0, ' +
      'CASE WHEN _sluice_out = 0 AND NOT _sluice_waived AND r._sluice_match_0 IS NULL THEN 2 ELSE _sluice_out END AS _sluice_out), ' +
      `r._sluice_take_0 AS "home" FROM step_0 AS l ${join}`,
  ]);
  expect(values(quarantined.rows, '_out', '_failed_0').sort()).toEqual([
    [0, 1n],
    [2, 6n],
    [2, 6n],
  ]);
});

it('rule sets by cases, and keeps what it does not name', async () => {
  const { sql, rows } = await stated({
    transform: [{ rule: { when: 'amount > 10', set: { price: `'0'` }, else: { flag: 'true' } } }],
  });
  expect(sql).toEqual([
    'SELECT * REPLACE (CAST(CASE WHEN _sluice_out = 0 THEN ' +
      `CASE WHEN (amount > 10) THEN ('0') ELSE "price" END END AS VARCHAR) AS "price"), ` +
      'CAST(CASE WHEN _sluice_out = 0 THEN CASE WHEN (amount > 10) THEN NULL ELSE (true) END END AS BOOLEAN) AS "flag" FROM step_0',
  ]);
  expect(values(rows, 'price', 'flag')).toEqual([
    ['$1,234.50', true],
    ['0', null],
    [null, true],
  ]);
});

it('rules mark once which of them apply, and set by the marks', async () => {
  const list = [
    { name: 'dear', when: 'amount > 10', set: { price: `'0'` } },
    { name: 'any', priority: 1, when: 'price IS NOT NULL', set: { flag: 'true' } },
  ];
  const first = await stated({ transform: [{ rules: { list, else: { flag: 'false' }, reasonColumn: 'why' } }] });
  expect(first.sql).toEqual([
    'SELECT * EXCLUDE (_sluice_rule) REPLACE (' +
      'CASE WHEN _sluice_out = 0 THEN _sluice_failed_0 | (CASE WHEN _sluice_rule = 0 THEN 1::BIGINT ELSE 0 END + ' +
      'CASE WHEN _sluice_rule = 1 THEN 2::BIGINT ELSE 0 END) ELSE _sluice_failed_0 END AS _sluice_failed_0, ' +
      `CAST(CASE WHEN _sluice_out = 0 THEN CASE WHEN _sluice_rule = 0 THEN ('0') ELSE "price" END END AS VARCHAR) AS "price"), ` +
      'CAST(CASE WHEN _sluice_out = 0 THEN CASE WHEN _sluice_rule = 1 THEN (true) WHEN _sluice_rule IS NULL THEN (false) ELSE NULL END END AS BOOLEAN) AS "flag", ' +
      `CASE WHEN _sluice_out = 0 THEN CASE WHEN _sluice_rule = 1 THEN 'any' WHEN _sluice_rule = 0 THEN 'dear' END END AS "why" ` +
      'FROM (SELECT *, CASE WHEN _sluice_out = 0 THEN CASE WHEN (price IS NOT NULL) THEN 1 WHEN (amount > 10) THEN 0 END END AS _sluice_rule FROM step_0)',
  ]);
  expect(values(first.rows, 'price', 'flag', 'why')).toEqual([
    ['$1,234.50', true, 'any'],
    ['free', true, 'any'],
    [null, false, null],
  ]);
});

it('all row checks are one SELECT, one bit each', async () => {
  const { sql, rows } = await stated({
    checks: [
      { notNull: ['delay'] },
      { acceptedValues: { column: 'price', values: ['free', "a'b"] } },
      { range: { column: 'amount', min: 0.5, max: 10 } },
      { length: { column: 'delay', min: 1, max: 2 } },
      { pattern: { column: 'delay', regex: '\\d+' } },
      { type: { column: 'delay', type: 'integer' } },
      { relationships: { column: 'delay', to: 'airports', field: 'iata' } },
      { expression: { sql: 'delay <> price' } },
      { expression: { sql: 'delay <> price', nullPasses: true } },
      { unique: ['delay'] },
      { rowCount: { min: 1 } },
    ],
  });
  const bit = (condition: string, value: number): string => `CASE WHEN ${condition} THEN ${value}::BIGINT ELSE 0 END`;
  expect(sql).toEqual([
    'SELECT * REPLACE (CASE WHEN _sluice_out = 0 THEN _sluice_failed_0 | (' +
      [
        bit('"delay" IS NULL', 1),
        bit(`"price" NOT IN (CAST('free' AS VARCHAR), CAST('a''b' AS VARCHAR))`, 2),
        bit('"amount" < 0.5 OR "amount" > 10', 4),
        bit('length("delay") < 1 OR length("delay") > 2', 8),
        bit(`NOT regexp_full_match("delay", '\\d+')`, 16),
        bit(
          `"delay" IS NOT NULL AND CASE WHEN CAST(TRY_CAST("delay" AS INTEGER) AS VARCHAR) = "delay" OR regexp_full_match(trim("delay"), '[+-]?\\d+') THEN TRY_CAST("delay" AS INTEGER) END IS NULL`,
          32,
        ),
        bit(
          '"delay" IS NOT NULL AND NOT ("delay" IN (SELECT "iata" FROM "reference airports" WHERE "iata" IS NOT NULL))',
          64,
        ),
        bit('(delay <> price) IS NOT TRUE', 128),
        bit('(delay <> price) IS FALSE', 256),
        bit('contains("delay", chr(0)) OR contains("price", chr(0))', 512),
      ].join(' + ') +
      ') ELSE _sluice_failed_0 END AS _sluice_failed_0) FROM step_0',
  ]);
  expect(values(rows, '_failed_0')).toEqual([[2n], [4n + 8n + 16n + 32n + 64n], [1n + 128n]]);
});

it('plans show each statement under a heading that says what it makes', async () => {
  const bound = await bindPipeline({
    pipeline: pipelineOf({
      source: { columns: { a: 'integer' } },
      transform: [{ filter: 'a > 0' }, { deduplicate: {} }],
      checks: [{ notNull: ['a'] }],
    }),
    inputColumns: [{ name: 'a', type: 'string', nullable: true }],
    references: {},
    session: bench.session,
  });
  expect(bound.sql.map((sql) => sql.split('\nSELECT')[0])).toEqual([
    '-- step_1 is source.columns',
    '-- step_2 is transform[0]: filter',
    '-- step_3 is transform[1]: deduplicate\n-- Of rows with equal keys the best by order stays, over all partitions.',
    '-- checks: one bit for each that a row fails',
  ]);
});
