import * as fc from 'fast-check';
import { imbalance } from '../../../src/model/counts';
import { pipelineOf, StepsBench, userRows } from './support/steps-bench';

/** Random rows with lists, through unnest and aggregate, against a model in plain JavaScript. The seed is fixed. */
const RUNS = { seed: 20261124, numRuns: 15, endOnFailure: true };

const bench = new StepsBench();
beforeAll(() => bench.open());
afterAll(() => bench.close());

const key = fc.constantFrom('a', 'b', 'ü', '😀', '', "it's", null);
const amount = fc.constantFrom('1', '-2', '3', ' 4 ', 'x', '1.5', '2147483647', '99999999999', null);
const element = fc.record({ sku: key, n: amount });
const list = fc.oneof(
  { weight: 6, arbitrary: fc.array(element, { maxLength: 5 }) },
  { weight: 1, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>({ sku: 'a' }, 'text', 7) },
);
const given = fc.record({
  rows: fc.array(fc.record({ g: key, items: list }), { maxLength: 25 }),
  keepEmpty: fc.boolean(),
  filterBefore: fc.boolean(),
  filterAfter: fc.boolean(),
  cut: fc.nat({ max: 25 }),
});
type Given = typeof given extends fc.Arbitrary<infer T> ? T : never;
type Line = { g: string | null; sku: string | null; n: number | null };

const literal = (text: string | null): string => (text === null ? 'NULL' : `'${text.replaceAll("'", "''")}'`);
const relation = (rows: Given['rows']): string =>
  rows.length === 0
    ? 'SELECT NULL::VARCHAR AS g, NULL::JSON AS items WHERE false'
    : `SELECT g::VARCHAR AS g, items::JSON AS items FROM (VALUES ${rows
        .map(({ g, items }) => `(${literal(g)}, ${literal(items === null ? null : JSON.stringify(items))})`)
        .join(', ')}) t(g, items)`;

const wholeOf = (raw: string | null): number | null =>
  raw !== null && /^ *[+-]?\d+ *$/.test(raw) && Math.abs(Number(raw)) < 2 ** 31 ? Number(raw) : null;

/** The lines that stay, and how many rows met which fate. */
function model({ rows, keepEmpty, filterBefore, filterAfter }: Given) {
  const counts = { generated: 0, filtered: 0, quarantined: 0 };
  const lines: Line[] = [];
  for (const { g, items } of rows) {
    if (filterBefore && g === 'b') counts.filtered += 1;
    else if (items !== null && !Array.isArray(items)) counts.quarantined += 1;
    else if (items === null || items.length === 0) {
      if (!keepEmpty) counts.filtered += 1;
      else if (filterAfter) counts.filtered += 1;
      else lines.push({ g, sku: null, n: null });
    } else {
      counts.generated += items.length - 1;
      for (const { sku, n } of items) {
        const whole = wholeOf(n);
        if (n !== null && whole === null) counts.quarantined += 1;
        else if (filterAfter && sku === null) counts.filtered += 1;
        else lines.push({ g, sku, n: whole });
      }
    }
  }
  return { counts, lines };
}

const stepsOf = ({ keepEmpty, filterBefore, filterAfter }: Given): unknown[] => [
  ...(filterBefore ? [{ filter: `g IS DISTINCT FROM 'b'` }] : []),
  { unnest: { column: 'items', fields: { sku: 'sku', n: 'n' }, keepEmpty } },
  { cast: { n: 'integer' } },
  ...(filterAfter ? [{ filter: 'sku IS NOT NULL' }] : []),
];

const sorted = (rows: readonly unknown[]): string[] => rows.map((row) => JSON.stringify(row)).sort();

it('unnest makes the lines of the model, whole or in two partitions, each with a place of its own', async () => {
  await fc.assert(
    fc.asyncProperty(given, async (one) => {
      const pipeline = pipelineOf({ transform: stepsOf(one) });
      const { counts, lines } = model(one);
      const parts = [one.rows.slice(0, one.cut), one.rows.slice(one.cut)];
      for (const queries of [[relation(one.rows)], parts.map(relation)]) {
        const { facts, transformed } = await bench.dataset(pipeline, queries);
        const good = transformed.flatMap((part) => part.good);
        expect(facts.counts).toEqual({
          ...counts,
          read: one.rows.length,
          deduplicated: 0,
          collapsed: 0,
          loaded: lines.length,
        });
        expect(sorted(userRows(good))).toEqual(sorted(lines));
        expect(new Set(good.map((row) => row['_sluice_row'])).size).toBe(good.length);
      }
    }),
    RUNS,
  );
});

it('aggregate folds the lines of the model, and what fails a check afterwards is quarantined by group', async () => {
  await fc.assert(
    fc.asyncProperty(given, async (one) => {
      const measures = { rows: 'count(*)::INTEGER', total: 'sum(n)::INTEGER', most: 'max(n)' };
      const pipeline = pipelineOf({
        transform: [
          ...stepsOf(one),
          { filter: 'n IS NULL OR n < 1000' },
          { aggregate: { groupBy: ['g', 'sku'], measures } },
        ],
        checks: [{ range: { column: 'total', min: 0 } }],
      });
      const { counts, lines } = model(one);
      const small = lines.filter(({ n }) => n === null || n < 1000);
      const groups = new Map<
        string,
        { g: string | null; sku: string | null; rows: number; total: number | null; most: number | null }
      >();
      for (const { g, sku, n } of small) {
        const id = JSON.stringify([g, sku]);
        const group = groups.get(id) ?? { g, sku, rows: 0, total: null, most: null };
        const total = n === null ? group.total : (group.total ?? 0) + n;
        const most = n === null ? group.most : Math.max(group.most ?? n, n);
        groups.set(id, { g, sku, rows: group.rows + 1, total, most });
      }
      const good = [...groups.values()].filter(({ total }) => total === null || total >= 0);
      const { facts, good: loaded } = await bench.transform(pipeline, relation(one.rows));
      expect(facts.counts).toEqual({
        read: one.rows.length,
        generated: counts.generated,
        filtered: counts.filtered + lines.length - small.length,
        deduplicated: 0,
        quarantined: counts.quarantined + groups.size - good.length,
        collapsed: small.length - groups.size,
        loaded: good.length,
      });
      expect(imbalance(facts.counts)).toBe(0);
      expect(sorted(userRows(loaded))).toEqual(sorted(good));
    }),
    RUNS,
  );
});
