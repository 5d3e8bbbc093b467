import { runUnitTests } from '../../../../src/steps/unit-tests/run-unit-tests';
import { pipelineOf, StepsBench } from '../support/steps-bench';

const bench = new StepsBench();
beforeAll(() => bench.open());
afterAll(() => bench.close());

const STEPS = {
  source: {
    columns: { id: 'integer', price: 'string', origin: 'string' },
    format: { type: 'csv', nullTokens: ['NA'] },
  },
  transform: [
    { cast: { price: { type: 'decimal(12,2)', strip: ['$'] } } },
    { lookup: { from: 'airports', match: { origin: 'iata' }, take: { state: 'state' } } },
    { derive: { day: 'run_started_at::DATE', dear: 'price > 100' } },
  ],
  checks: [{ unique: ['id'] }, { notNull: ['origin'] }, { rowCount: { min: 1000 } }],
};
const AIRPORTS = { airports: [{ iata: 'AAA', state: 'Alaska' }] };

const run = (unitTests: unknown[]): ReturnType<typeof runUnitTests> => {
  const config = pipelineOf({ ...STEPS, ...({ unitTests } as object) });
  return runUnitTests(config, bench.session);
};

it('passes when rows come out as the example says, whatever way a value is written', async () => {
  const results = await run([
    {
      name: 'all',
      given: [
        { id: 1, price: '$1250', origin: 'AAA' },
        { id: 2, price: 7, origin: 'ZZZ' },
        { id: 3, price: null, origin: 'NA' },
        { id: 'x', price: '1.234', origin: 'AAA' },
      ],
      references: AIRPORTS,
      expected: [
        { id: 1, price: 1250.0, state: 'Alaska', dear: true, day: '2026-01-01' },
        { price: '7.00', state: null, dear: false },
      ],
      quarantined: [
        { id: 3, reason: 'notNull(origin)' },
        { id: 'x', reason: 'cast(id as integer)' },
      ],
    },
  ]);
  expect(results).toEqual([{ name: 'all', path: 'unitTests[0]', passed: true, differences: [], error: null }]);
});

it('shows each difference with what was expected and what came out', async () => {
  const [result] = await run([
    {
      given: [
        { id: 1, price: 5, origin: 'AAA' },
        { id: 2, price: 6, origin: 'AAA' },
        { id: 2, price: 7, origin: null },
      ],
      references: AIRPORTS,
      expected: [{ id: 1, price: 5.5, state: 'Alaska' }, { id: 9, nope: 1 }, { id: 3 }],
      quarantined: [{ id: 1, reason: 'unique(id)' }],
    },
  ]);
  expect(result).toMatchObject({ name: 'unitTests[0]', passed: false, error: null });
  expect(result?.differences).toEqual([
    {
      where: 'expected',
      row: 1,
      expected: { id: 1, price: 5.5, state: 'Alaska' },
      actual: { id: '1', price: '5.00', state: 'Alaska' },
      columns: ['price'],
    },
    {
      where: 'expected',
      row: 2,
      expected: { id: 9, nope: 1 },
      actual: { id: '2', nope: null },
      columns: ['id', 'nope'],
    },
    { where: 'expected', row: 3, expected: { id: 3 }, actual: null, columns: [] },
    {
      where: 'quarantined',
      row: 1,
      expected: { id: 1, reason: 'unique(id)' },
      actual: { id: '2', reason: 'notNull(origin)' },
      columns: ['id', 'reason'],
    },
  ]);
});

it('decides what spans rows: unique keys, and the row that a deduplication keeps', async () => {
  const config = pipelineOf({
    transform: [{ deduplicate: { keys: ['id'], orderBy: ['version desc'] } }],
    checks: [{ unique: ['name'] }],
    ...({
      unitTests: [
        {
          given: [
            { id: 1, version: 1, name: 'a' },
            { id: 1, version: 2, name: 'b' },
            { id: 2, version: 1, name: 'c' },
            { id: 3, version: 1, name: 'c' },
          ],
          expected: [{ id: 1, version: 2 }],
          quarantined: [
            { id: 2, reason: 'unique(name)' },
            { id: 3, reason: 'unique(name)' },
          ],
        },
      ],
    } as object),
  });
  expect(await runUnitTests(config, bench.session)).toMatchObject([{ passed: true }]);
});

it('says why rows could not be run', async () => {
  const [missing] = await run([
    { given: [{ id: 1 }], references: { airports: [{ iata: 'A' }, { iata: 'A' }] }, expected: [] },
  ]);
  expect(missing).toMatchObject({ passed: false, differences: [] });
  expect(missing?.error).toContain('occur there more than once');
});

it('takes examples of pipelines whose steps make rows anew', async () => {
  const config = pipelineOf({
    source: { files: 'orders/*.ndjson', columns: { id: 'integer' } },
    transform: [
      { unnest: { column: 'items', fields: { sku: 'sku', amount: 'amount' }, keepEmpty: false } },
      { cast: { amount: 'decimal(12,2)' } },
      { aggregate: { groupBy: ['sku'], measures: { total: 'sum(amount)', orders: 'count(DISTINCT id)' } } },
      { sql: 'SELECT *, sum(total) OVER () AS everything FROM input' },
    ],
    checks: [{ range: { column: 'total', min: 0 } }, { unique: ['orders'] }],
    ...({
      unitTests: [
        {
          given: [
            { id: 1, items: '[{"sku":"A","amount":"1.5"},{"sku":"B","amount":"-9"},{"sku":"C","amount":"x"}]' },
            { id: 2, items: '[{"sku":"A","amount":"2"},{"sku":"D","amount":1},{"sku":"E","amount":1}]' },
            { id: 3, items: '[]' },
            { id: 4, items: '{}' },
          ],
          expected: [{ sku: 'A', total: 3.5, orders: 2, everything: -3.5 }],
          quarantined: [
            { id: 4, items: '{}', reason: 'unnest(items)' },
            { id: 1, sku: 'C', amount: 'x', reason: 'cast(amount as decimal(12,2))' },
            { sku: 'B', total: -9, everything: -3.5, reason: 'range(total)' },
            { sku: 'D', orders: 1, everything: -3.5, reason: 'unique(orders)' },
            { sku: 'E', orders: 1, everything: -3.5, reason: 'unique(orders)' },
          ],
        },
      ],
    } as object),
  });
  expect(await runUnitTests(config, bench.session)).toMatchObject([{ passed: true, differences: [], error: null }]);
});
