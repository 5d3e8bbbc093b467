import { checkDiskBudget } from '../../src/durable/activities/check-disk-budget';
import { imbalance } from '../../src/model/counts';
import { partitionedSource } from '../../src/steps/extract/partitioned-source';
import { needsSinglePartition } from '../../src/steps/transform/needs-single-partition';
import { pipelineOf, reasonsByRow, StepsBench, userRows } from '../unit/steps/support/steps-bench';

const bench = new StepsBench();
beforeAll(() => bench.open());
afterAll(() => bench.close());

const VALUES = `SELECT * FROM (VALUES
  ('a', 1::BIGINT, 1.10::DECIMAL(10,2), TIMESTAMPTZ '2026-03-29 00:59:59+00'),
  ('a', NULL,      2.20,               TIMESTAMPTZ '2026-03-29 01:00:00+00'),
  ('😀', 9223372036854775807, -3.30,     NULL),
  ('😀', 9223372036854775807, NULL,      TIMESTAMPTZ '9999-12-31 23:59:59+00'),
  (NULL, -9223372036854775808, 0.00,    TIMESTAMPTZ '2026-10-25 01:00:00+00'),
  (NULL, 5, 1.00,                       TIMESTAMPTZ '2026-10-25 00:30:00+00')) t(k, n, amount, moment)`;

describe('aggregate', () => {
  it('folds the rows of each group into one; nulls are one group, sums are exact', async () => {
    const pipeline = pipelineOf({
      transform: [
        {
          aggregate: {
            groupBy: ['k'],
            measures: {
              rows: 'count(*)',
              n: 'sum(n)',
              amount: 'round(avg(amount), 3)',
              first_at: 'min(moment)',
              last_hour: `strftime(timezone('Europe/Berlin', max(moment)), '%H:%M')`,
              all_n: `string_agg(n::VARCHAR, ',' ORDER BY moment, n::VARCHAR)`,
              age: `date_diff('day', min(moment), max(run_started_at))`,
            },
          },
        },
      ],
    });
    const { facts, good } = await bench.transform(pipeline, VALUES);
    expect(good).toEqual([
      {
        k: 'a',
        rows: 2n,
        n: '1',
        amount: 1.65,
        first_at: '2026-03-29 00:59:59+00',
        last_hour: '03:00',
        all_n: '1',
        age: -86n,
        _sluice_file: -1,
        _sluice_row: 1n,
      },
      {
        k: '😀',
        rows: 2n,
        n: '18446744073709551614',
        amount: -3.3,
        first_at: '9999-12-31 23:59:59+00',
        last_hour: '00:59',
        all_n: '9223372036854775807,9223372036854775807',
        age: expect.any(BigInt) as bigint,
        _sluice_file: -1,
        _sluice_row: 2n,
      },
      {
        k: null,
        rows: 2n,
        n: '-9223372036854775803',
        amount: 0.5,
        first_at: '2026-10-25 00:30:00+00',
        last_hour: '02:00',
        all_n: '5,-9223372036854775808',
        age: expect.any(BigInt) as bigint,
        _sluice_file: -1,
        _sluice_row: 3n,
      },
    ]);
    expect(facts.counts).toMatchObject({ read: 6, collapsed: 3, generated: 0, loaded: 3 });
    expect(imbalance(facts.counts)).toBe(0);
  });

  it('states one GROUP BY, and numbers the groups in their order', async () => {
    const bound = await bench.bind(
      pipelineOf({ transform: [{ aggregate: { groupBy: ['k'], measures: { k2: 'max(k)' } } }] }),
      VALUES,
    );
    expect(bound.sql).toEqual([
      '-- step_1 is transform[0]: aggregate\n' +
        '-- It reads the rows that still take part; those that left are set aside before.\n' +
        'SELECT "k", _sluice_measure_0 AS "k2", -1::INTEGER AS _sluice_file, ' +
        'row_number() OVER (ORDER BY "k" NULLS LAST) AS _sluice_row, _sluice_reshape_count\n' +
        'FROM (SELECT "k",\n  CAST((max(k)) AS VARCHAR) AS _sluice_measure_0,\n  count(*) AS _sluice_reshape_count\n' +
        'FROM step_0\nGROUP BY "k")',
    ]);
  });

  it('makes one row of all rows without groups, and none of no rows', async () => {
    const pipeline = pipelineOf({
      transform: [{ aggregate: { measures: { n: 'count(*)', at: 'min(run_started_at)' } } }],
    });
    const all = await bench.transform(pipeline, VALUES);
    expect(userRows(all.good)).toEqual([{ n: 6n, at: '2026-01-02 03:04:05+00' }]);
    expect(all.facts.counts).toMatchObject({ read: 6, collapsed: 5, loaded: 1 });
    const none = await bench.transform(pipeline, `${VALUES} WHERE false`);
    expect(none.good).toEqual([]);
    expect(none.facts.counts).toMatchObject({ read: 0, collapsed: 0, loaded: 0 });
  });

  it('leaves rows that left before out of the groups, and reports them as before', async () => {
    const pipeline = pipelineOf({
      transform: [
        { filter: `k IS NOT NULL` },
        { cast: { raw: 'integer' } },
        { deduplicate: { keys: ['k', 'raw'] } },
        { aggregate: { groupBy: ['k'], measures: { total: 'sum(raw)' } } },
      ],
      checks: [{ range: { column: 'total', max: 10 } }],
    });
    const rows = `SELECT * FROM (VALUES ('a','1'),('a','2'),('a','2'),('b','x'),('b','11'),(NULL,'1'),('c','y')) t(k, raw)`;
    const { facts, good, quarantine } = await bench.transform(pipeline, rows);
    expect(good).toEqual([{ k: 'a', total: '3', _sluice_file: -1, _sluice_row: 1n }]);
    expect(userRows(quarantine)).toEqual([
      { k: 'b', raw: 'x' },
      { k: 'c', raw: 'y' },
    ]);
    expect(reasonsByRow(quarantine)).toEqual({ 4: ['cast(raw as integer)'], 7: ['cast(raw as integer)'] });
    expect(facts.counts).toEqual({
      read: 7,
      generated: 0,
      filtered: 1,
      deduplicated: 1,
      quarantined: 3,
      collapsed: 1,
      loaded: 1,
    });
    const [after, ...more] = facts.quarantineAfter;
    expect(more).toEqual([]);
    expect(after).toMatchObject({ entry: 4, rows: 1, reasons: [{ reason: 'range(total)', rows: 1 }] });
    expect(await bench.read(after?.file ?? '')).toEqual([
      expect.objectContaining({ k: 'b', total: '11', _sluice_row: 2n, _sluice_reasons: '["range(total)"]' }),
    ]);
    expect(facts.checks).toEqual([{ name: 'range(total)', evaluated: 2, failures: 1 }]);
    expect(facts.reasons).toEqual([
      { reason: 'cast(raw as integer)', rows: 2 },
      { reason: 'range(total)', rows: 1 },
    ]);
  });

  it('takes steps before and after, more than one, and a deduplicate on each side', async () => {
    const pipeline = pipelineOf({
      transform: [
        { deduplicate: { keys: ['k', 'n'] } },
        { aggregate: { groupBy: ['k', 'n'], measures: { amount: 'sum(amount)' } } },
        { aggregate: { groupBy: ['k'], measures: { amount: 'max(amount)' } } },
        { derive: { big: 'amount > 1' } },
        { deduplicate: { keys: ['big'], orderBy: ['k'] } },
      ],
    });
    const { facts, good } = await bench.transform(pipeline, VALUES);
    expect(userRows(good)).toEqual([
      { k: 'a', amount: '2.20', big: true },
      { k: '😀', amount: '-3.30', big: false },
    ]);
    expect(facts.counts).toMatchObject({ read: 6, deduplicated: 2, collapsed: 2, loaded: 2 });
    expect(facts.contenderRows).toBe(0);
  });

  it('gives the same rows in the same places every time', async () => {
    const measures = {
      names: `string_agg(s, ',' ORDER BY s)`,
      one: 'any_value(s ORDER BY n DESC, s)',
      most: 'arg_max(s, row(n, s))',
      mid: 'median(n)',
      q: 'quantile_cont(n, 0.25)',
      sorted: 'list_sort(list(n))',
    };
    const pipeline = pipelineOf({ transform: [{ aggregate: { groupBy: ['g'], measures } }] });
    const rows = `SELECT i % 7 AS g, i % 13 AS n, 'x' || (i % 29) AS s FROM range(20000) r(i)`;
    const once = await bench.transform(pipeline, rows);
    expect(once.good).toHaveLength(7);
    for (let turn = 0; turn < 3; turn += 1) {
      expect((await bench.transform(pipeline, `${rows} ORDER BY hash(i + ${turn})`)).good).toEqual(once.good);
    }
  });

  it.each([
    ['any_value(k)', 'expression-not-allowed'],
    ['first(k ORDER BY n)', 'expression-not-allowed'],
    [`string_agg(k, ',')`, 'expression-not-allowed'],
    ['arg_max(k, n)', 'expression-not-allowed'],
    ['list(n)', 'expression-not-allowed'],
    ['mode(k)', 'function-not-allowed'],
    ['approx_count_distinct(k)', 'function-not-allowed'],
    ['reservoir_quantile(n, 0.5)', 'function-not-allowed'],
    ['sum(random())', 'function-not-allowed'],
    ['n', 'expression-type'],
    ['sum(sum(n))', 'expression-type'],
    ['sum(gone)', 'unknown-column'],
    ['(SELECT max(n) FROM step_0)', 'expression-not-allowed'],
    ['sum(n) OVER ()', 'expression-not-allowed'],
    ['count(_sluice_row)', 'expression-not-allowed'],
  ])('refuses the measure %s', async (measure, code) => {
    const bound = await bench.bind(
      pipelineOf({ transform: [{ aggregate: { groupBy: ['k'], measures: { x: measure } } }] }),
      VALUES,
    );
    expect(bound.problems).toMatchObject([{ path: 'transform[0].aggregate.measures.x', code }]);
  });

  it.each([
    [{ groupBy: ['gone'], measures: {} }, 'transform[0].aggregate.groupBy[0]', 'unknown-column'],
    [{ groupBy: ['k', 'K'], measures: {} }, 'transform[0].aggregate.groupBy[1]', 'duplicate-column'],
    [{ groupBy: ['k'], measures: { K: 'count(*)' } }, 'transform[0].aggregate.measures.K', 'duplicate-column'],
    [{ groupBy: [], measures: {} }, 'transform[0].aggregate', 'aggregate-empty'],
  ])('refuses %j', async (aggregate, path, code) => {
    const bound = await bench.bind(pipelineOf({ transform: [{ aggregate }] }), VALUES);
    expect(bound.problems).toMatchObject([{ path, code }]);
  });
});

const ORDERS = `SELECT * FROM (VALUES
  (1, '[{"sku":"A","price":{"amount":1.5},"tags":["x","ü"]},{"sku":null}]'::JSON),
  (2, '[]'::JSON), (3, NULL), (4, 'null'::JSON), (5, '{"sku":"B"}'::JSON), (6, '["😀", 12, null, true]'::JSON)) t(id, items)`;

describe('unnest', () => {
  it('makes a row of each element, and keeps rows without elements', async () => {
    const fields = { sku: 'sku', amount: '$.price.amount', tag: '$.tags[1]', whole: '$' };
    const pipeline = pipelineOf({ transform: [{ unnest: { column: 'items', fields, ordinal: 'line' } }] });
    const { facts, good, quarantine } = await bench.transform(pipeline, ORDERS);
    const empty = { sku: null, amount: null, tag: null };
    expect(good).toEqual([
      {
        id: 1,
        sku: 'A',
        amount: '1.5',
        tag: 'ü',
        whole: '{"sku":"A","price":{"amount":1.5},"tags":["x","ü"]}',
        line: 1,
        _sluice_file: 0,
        _sluice_row: 1048577n,
      },
      { id: 1, ...empty, whole: '{"sku":null}', line: 2, _sluice_file: 0, _sluice_row: 1048578n },
      { id: 2, ...empty, whole: null, line: null, _sluice_file: 0, _sluice_row: 2097152n },
      { id: 3, ...empty, whole: null, line: null, _sluice_file: 0, _sluice_row: 3145728n },
      { id: 4, ...empty, whole: null, line: null, _sluice_file: 0, _sluice_row: 4194304n },
      { id: 6, ...empty, whole: '😀', line: 1, _sluice_file: 0, _sluice_row: 6291457n },
      { id: 6, ...empty, whole: '12', line: 2, _sluice_file: 0, _sluice_row: 6291458n },
      { id: 6, ...empty, whole: null, line: 3, _sluice_file: 0, _sluice_row: 6291459n },
      { id: 6, ...empty, whole: 'true', line: 4, _sluice_file: 0, _sluice_row: 6291460n },
    ]);
    expect(reasonsByRow(quarantine)).toEqual({ 5: ['unnest(items)'] });
    expect(facts.counts).toEqual({
      read: 6,
      generated: 4,
      filtered: 0,
      deduplicated: 0,
      quarantined: 1,
      collapsed: 0,
      loaded: 9,
    });
  });

  it('leaves rows without elements out where it says so, and puts the element in place of its list', async () => {
    const pipeline = pipelineOf({ transform: [{ unnest: { column: 'items', keepEmpty: false } }] });
    const { facts, good } = await bench.transform(pipeline, ORDERS);
    expect(userRows(good).map((row) => row['items'])).toEqual([
      '{"sku":"A","price":{"amount":1.5},"tags":["x","ü"]}',
      '{"sku":null}',
      '"😀"',
      '12',
      null,
      'true',
    ]);
    expect(facts.counts).toMatchObject({ read: 6, generated: 4, filtered: 3, quarantined: 1, loaded: 6 });
  });

  it('takes lists of structs as Parquet has them, and JSON in texts', async () => {
    const pipeline = pipelineOf({
      transform: [
        { unnest: { column: 'lines', fields: { amount: 'amount', day: 'day' } } },
        { cast: { amount: 'decimal(38,10)', day: 'timestamptz' } },
        { unnest: { column: 'texts', as: 'text' } },
      ],
    });
    const rows = `SELECT [{'amount': 12345678901234567890.1::DECIMAL(38,1), 'day': TIMESTAMPTZ '2026-10-25 01:30:00+02'},
      {'amount': NULL, 'day': TIMESTAMPTZ '2026-10-25 01:30:00+01'}] AS lines, '["a", "b"]' AS texts
      UNION ALL SELECT NULL, 'no json'`;
    const { facts, good } = await bench.transform(pipeline, rows);
    expect(userRows(good)).toMatchObject([
      { day: '2026-10-24 23:30:00+00', text: '"a"' },
      { day: '2026-10-24 23:30:00+00', text: '"b"' },
      { amount: null, day: '2026-10-25 00:30:00+00', text: '"a"' },
      { amount: null, day: '2026-10-25 00:30:00+00', text: '"b"' },
    ]);
    expect(good.map((row) => row['_sluice_row'])).toEqual([1n, 2n, 3n, 4n]);
    expect(facts.quarantineAfter).toMatchObject([
      { entry: 1, rows: 1, reasons: [{ reason: 'unnest(texts)', rows: 1 }] },
    ]);
    expect(facts.counts).toMatchObject({ read: 2, generated: 3, quarantined: 1, loaded: 4 });
  });

  it('ends the run for a list that is longer than its rows could be numbered', async () => {
    const pipeline = pipelineOf({ transform: [{ unnest: { column: 'items' } }] });
    await expect(bench.transform(pipeline, `SELECT to_json(range(1048576)) AS items`)).rejects.toMatchObject({
      code: 'unnest-too-long',
    });
    const counted = pipelineOf({
      transform: [{ unnest: { column: 'items', ordinal: 'n' } }, { aggregate: { measures: { n: 'max(n)' } } }],
    });
    const { facts, good } = await bench.transform(counted, `SELECT to_json(range(1048575)) AS items`);
    expect(good).toMatchObject([{ n: 1048575 }]);
    expect(facts.counts).toMatchObject({ read: 1, generated: 1048574, collapsed: 1048574, loaded: 1 });
  });

  it.each([
    [{ column: 'gone' }, 'unnest.column', 'unknown-column'],
    [{ column: 'id' }, 'unnest.column', 'types-differ'],
    [{ column: 'items', as: 'ID' }, 'unnest.as', 'duplicate-column'],
    [{ column: 'items', fields: { a: 'a' }, ordinal: 'A' }, 'unnest.ordinal', 'duplicate-column'],
    [{ column: 'items', ordinal: 'items' }, 'unnest.ordinal', 'duplicate-column'],
    [{ column: 'items', fields: { a: '$.x[*]' } }, 'unnest.fields.a', 'invalid-path'],
    [{ column: 'items', fields: { a: '$[' } }, 'unnest.fields.a', 'invalid-path'],
  ])('refuses %j', async (unnest, path, code) => {
    const bound = await bench.bind(pipelineOf({ transform: [{ unnest }] }), ORDERS);
    expect(bound.problems).toMatchObject([{ path: `transform[0].${path}`, code }]);
  });

  it('takes a key as it is written', async () => {
    const fields = { a: `it's "quoted"`, b: 'a.b', c: 'back\\slash' };
    const pipeline = pipelineOf({ transform: [{ unnest: { column: 'items', fields } }] });
    const json = JSON.stringify([{ [fields.a]: 1, 'a.b': 2, [fields.c]: 3 }]).replaceAll("'", "''");
    const { good } = await bench.transform(pipeline, `SELECT '${json}'::JSON AS items`);
    expect(userRows(good)).toEqual([{ a: '1', b: '2', c: '3' }]);
  });
});

describe('sql', () => {
  it.each([
    ['SELECT k, sum(n) AS n FROM input GROUP BY ALL', 3, 3, 0],
    ['SELECT *, rank() OVER (PARTITION BY k ORDER BY n) AS place FROM input', 6, 0, 0],
    ['SELECT a.k, b.n FROM input AS a JOIN input AS b USING (k)', 8, 0, 2],
    ['WITH big AS (SELECT * FROM input WHERE n > 1) SELECT * FROM big ORDER BY n LIMIT 2 -- the two least', 2, 4, 0],
    ['FROM input', 6, 0, 0],
    ['SELECT * EXCLUDE (moment) FROM input WHERE n = (SELECT max(n) FROM input) UNION ALL SELECT NULL, 1, 2', 3, 3, 0],
    ['SELECT DISTINCT k FROM input', 3, 3, 0],
    ['SELECT k FROM input WHERE false', 0, 6, 0],
    ['PIVOT_ME', -1, 0, 0],
  ])('%s', async (sql, loaded, collapsed, generated) => {
    const pipeline = pipelineOf({ transform: [{ sql }] });
    if (loaded < 0) {
      await expect(bench.transform(pipeline, VALUES)).rejects.toMatchObject({ code: 'pipeline-invalid' });
      return;
    }
    const { facts, good } = await bench.transform(pipeline, VALUES);
    expect(facts.counts).toMatchObject({ read: 6, collapsed, generated, loaded });
    expect(imbalance(facts.counts)).toBe(0);
    expect(good.map((row) => [row['_sluice_file'], row['_sluice_row']])).toEqual(
      good.map((_, index) => [-1, BigInt(index + 1)]),
    );
    expect((await bench.transform(pipeline, `${VALUES} ORDER BY n DESC`)).good).toEqual(good);
  });

  it('gives types as they are, nested ones as JSON', async () => {
    const sql = `SELECT k, [n] AS list, {'a': k} AS struct, moment - INTERVAL 1 DAY AS before FROM input WHERE n = 1`;
    const { facts, good } = await bench.transform(pipelineOf({ transform: [{ sql }] }), VALUES);
    expect(facts.columns.map(({ type }) => type)).toEqual(['string', 'json', 'json', 'timestamptz']);
    expect(userRows(good)).toEqual([{ k: 'a', list: '[1]', struct: '{"a":"a"}', before: '2026-03-28 00:59:59+00' }]);
  });
});

it('starts at a later step with the rows of that place', async () => {
  const pipeline = pipelineOf({
    source: { columns: { n: 'integer' } },
    transform: [{ aggregate: { groupBy: ['k'], measures: { n: 'sum(n)' } } }, { derive: { twice: 'n * 2' } }],
    checks: [{ range: { column: 'n', max: 10 } }],
  });
  const columns = `SELECT 'a' AS k, 5::DECIMAL(38,0) AS n UNION ALL SELECT 'b', 11`;
  const { facts, good, quarantine } = await bench.transform(pipeline, columns, { entry: 1 });
  expect(userRows(good)).toEqual([{ k: 'a', n: '5', twice: '10' }]);
  expect(userRows(quarantine)).toEqual([{ k: 'b', n: '11' }]);
  expect(facts).toMatchObject({ reshaped: false, entry: 1, quarantineAfter: [] });
});

describe('over partitions', () => {
  const lines = (...skus: readonly string[]): string =>
    `SELECT '[${skus.map((sku) => `{"sku":"${sku}"}`).join(',')}]'::JSON AS items, 'o' || ${skus.length} AS name`;

  it('a unique check quarantines rows as the unnest made them, over all partitions', async () => {
    const pipeline = pipelineOf({
      transform: [{ unnest: { column: 'items', fields: { sku: 'sku' } } }, { derive: { low: 'lower(sku)' } }],
      checks: [{ unique: ['low'] }, { acceptedValues: { column: 'sku', values: ['A', 'a', 'B', 'C'] } }],
    });
    const { facts, quarantine, transformed } = await bench.dataset(pipeline, [lines('A', 'B', 'ß'), lines('C', 'a')]);
    expect(facts.counts).toEqual({
      read: 2,
      generated: 3,
      filtered: 0,
      deduplicated: 0,
      quarantined: 3,
      collapsed: 0,
      loaded: 2,
    });
    expect(userRows(quarantine)).toEqual([
      { name: 'o3', sku: 'A' },
      { name: 'o2', sku: 'a' },
    ]);
    expect(quarantine.map((row) => row['_sluice_row'])).toEqual([1048577n, 1049624578n]);
    expect(transformed[0]?.facts.quarantineAfter).toMatchObject([{ entry: 1, rows: 1 }]);
  });

  it('a deduplicate after an unnest keeps one row of each key, over all partitions', async () => {
    const pipeline = pipelineOf({
      transform: [
        { unnest: { column: 'items', fields: { sku: 'sku' } } },
        { deduplicate: { keys: ['sku'], orderBy: ['name'] } },
      ],
    });
    const { facts, exclusions } = await bench.dataset(pipeline, [lines('A', 'B', 'A'), lines('C', 'A')]);
    expect(facts.counts).toMatchObject({ read: 2, generated: 3, deduplicated: 2, loaded: 3 });
    expect(exclusions).toMatchObject([{ partition: 0, _sluice_row: 1048577n, fate: 'deduplicated' }]);
  });

  it.each([
    [[{ unnest: { column: 'a' } }], false],
    [[{ unnest: { column: 'a' } }, { deduplicate: { keys: ['b'] } }], false],
    [[{ deduplicate: { keys: ['b'] } }, { filter: 'true' }], false],
    [[{ deduplicate: { keys: ['b'] } }, { unnest: { column: 'a' } }], true],
    [[{ unnest: { column: 'a' } }, { unnest: { column: 'b' } }], true],
    [[{ aggregate: { groupBy: ['a'], measures: {} } }], true],
    [[{ sql: 'FROM input' }], true],
  ])('%j in one partition: %s', (transform, isSingle) => {
    const pipeline = pipelineOf({ transform, source: { partitions: { min: 3, max: 9 } } });
    expect(needsSinglePartition(pipeline)).toBe(isSingle);
    expect(partitionedSource(pipeline).partitions).toMatchObject(isSingle ? { min: 1, max: 1 } : { min: 3, max: 9 });
  });

  it('one partition that does not fit the disk is refused with what can be done', () => {
    const partition = { index: 0, label: '3 files', spec: null, estimatedRows: null, estimatedBytes: 300 };
    expect(() => checkDiskBudget([partition], 1200, true)).not.toThrow();
    expect(() => checkDiskBudget([partition], 1199, true)).toThrow(
      expect.objectContaining({
        code: 'disk-budget-exceeded',
        nextAction: expect.stringContaining('aggregate and sql') as string,
      }),
    );
  });
});
