import * as fc from 'fast-check';
import { imbalance } from '../../../src/model/counts';
import { pipelineOf, StepsBench } from './support/steps-bench';

/** Random data and random small pipelines against a model in plain JavaScript. The seed is fixed; a failure shows the least rows and steps that fail. */
const RUNS = { seed: 20261123, numRuns: 30 };

const bench = new StepsBench();
beforeAll(() => bench.open());
afterAll(() => bench.close());

interface ModelRow {
  readonly row: number;
  k: string | null;
  raw: string | null;
  n: number | null;
  m?: number | null;
  v?: string | null;
  fate: 'in' | 'filtered' | 'deduplicated' | 'quarantined';
  reasons: string[];
}

const KEYS = ['a', 'b', 'ü', '😀', '', ' a', null];
const NUMBERS = ['1', '2', '3', '7', '-5', ' 4 ', '1.6', 'x', '', '99999999999', '+2', null];
const REFERENCE: Record<string, string> = { a: 'Anna', ü: 'Über', '😀': 'Smile' };

interface ModelStep {
  readonly yaml: unknown;
  readonly apply: (rows: ModelRow[]) => void;
}

const alive = (rows: ModelRow[]): ModelRow[] => rows.filter((row) => row.fate === 'in');
const fail = (row: ModelRow, reason: string): void => {
  row.fate = 'quarantined';
  row.reasons.push(reason);
};

const STEPS: Record<string, ModelStep> = {
  filter: {
    yaml: { filter: 'n <> 7' },
    apply: (rows) => {
      for (const row of alive(rows)) if (row.n === null || row.n === 7) row.fate = 'filtered';
    },
  },
  filterKey: {
    yaml: { filter: `k IS DISTINCT FROM 'b'` },
    apply: (rows) => {
      for (const row of alive(rows)) if (row.k === 'b') row.fate = 'filtered';
    },
  },
  rule: {
    yaml: { rule: { when: 'n > 2', set: { n: '2' } } },
    apply: (rows) => {
      for (const row of alive(rows)) if (row.n !== null && row.n > 2) row.n = 2;
    },
  },
  rules: {
    yaml: {
      rules: {
        match: 'first',
        list: [
          { name: 'none', when: 'n IS NULL', set: { k: `'none'` } },
          { name: 'a', when: `k = 'a'`, priority: 9, set: { n: 'n + 1' } },
          { name: 'many', when: 'n > 1', set: { n: '1', k: `'many'` } },
        ],
        else: { k: `'ü'` },
      },
    },
    apply: (rows) => {
      for (const row of alive(rows)) {
        if (row.k === 'a') row.n = row.n === null ? null : row.n + 1;
        else if (row.n === null) row.k = 'none';
        else if (row.n > 1) Object.assign(row, { n: 1, k: 'many' });
        else row.k = 'ü';
      }
    },
  },
  cleanse: {
    yaml: { cleanse: { columns: ['k'], nullTokens: [''] } },
    apply: (rows) => {
      for (const row of alive(rows)) row.k = row.k?.trim() === '' ? null : (row.k?.trim() ?? null);
    },
  },
  lookup: {
    yaml: { lookup: { from: 'people', match: { k: 'key' }, take: { v: 'name' }, missing: 'quarantine' } },
    apply: (rows) => {
      for (const row of alive(rows)) {
        row.v = row.k === null ? null : (REFERENCE[row.k] ?? null);
        if (row.v === null) fail(row, 'lookup(people)');
      }
    },
  },
  deduplicate: {
    yaml: { deduplicate: { keys: ['k'], orderBy: ['n desc'] } },
    apply: (rows) => {
      const best = new Map<string | null, ModelRow>();
      const order = (a: ModelRow, b: ModelRow): number =>
        a.n === b.n ? a.row - b.row : a.n === null ? 1 : b.n === null ? -1 : b.n - a.n;
      for (const row of alive(rows).sort(order)) {
        if (best.has(row.k)) row.fate = 'deduplicated';
        else best.set(row.k, row);
      }
    },
  },
};

const CAST: ModelStep = {
  yaml: { cast: { n: 'integer' } },
  apply: (rows) => {
    for (const row of alive(rows)) {
      const whole = row.raw !== null && /^ *[+-]?\d+ *$/.test(row.raw) && Math.abs(Number(row.raw)) < 2 ** 31;
      if (row.raw !== null && !whole) fail(row, 'cast(n as integer)');
      row.n = whole ? Number(row.raw) : null;
    }
  },
};

const CHECKS: ModelStep[] = [
  { yaml: { notNull: ['k'] }, apply: (rows) => check(rows, 'notNull(k)', (row) => row.k === null) },
  {
    yaml: { range: { column: 'n', min: 0 } },
    apply: (rows) => check(rows, 'range(n)', (row) => row.n !== null && row.n < 0),
  },
  {
    yaml: { acceptedValues: { column: 'k', values: ['a', 'ü', '😀', ''] } },
    apply: (rows) => check(rows, 'acceptedValues(k)', (row) => row.k !== null && !['a', 'ü', '😀', ''].includes(row.k)),
  },
  {
    yaml: { expression: { sql: 'n < 7' } },
    apply: (rows) => check(rows, 'n < 7', (row) => row.n === null || row.n >= 7),
  },
];

function check(rows: ModelRow[], name: string, fails: (row: ModelRow) => boolean): void {
  for (const row of alive(rows)) if (fails(row)) row.reasons.push(name);
}

function unique(rows: ModelRow[]): void {
  const key = (row: ModelRow): string => JSON.stringify([row.k, row.n]);
  const counted = new Map<string, number>();
  const compared = alive(rows).filter((row) => row.k !== null && row.n !== null);
  for (const row of compared) counted.set(key(row), (counted.get(key(row)) ?? 0) + 1);
  for (const row of compared) if ((counted.get(key(row)) ?? 0) > 1) fail(row, 'unique(k, n)');
}

const given = fc.record({
  rows: fc.array(fc.record({ k: fc.constantFrom(...KEYS), raw: fc.constantFrom(...NUMBERS) }), { maxLength: 80 }),
  steps: fc.shuffledSubarray(Object.keys(STEPS)),
  checks: fc.subarray(CHECKS),
  withUnique: fc.boolean(),
  cut: fc.nat({ max: 80 }),
});
type Given = typeof given extends fc.Arbitrary<infer T> ? T : never;

const literal = (text: string | null): string => (text === null ? 'NULL' : `'${text}'`);
const relation = (part: readonly ModelRow[]): string =>
  part.length === 0
    ? 'SELECT NULL::VARCHAR AS k, NULL::VARCHAR AS n WHERE false'
    : `SELECT k::VARCHAR AS k, n::VARCHAR AS n FROM (VALUES ${part.map((row) => `(${literal(row.k)}, ${literal(row.raw)})`).join(', ')}) t(k, n)`;
const people = `SELECT * FROM (VALUES ${Object.entries(REFERENCE)
  .map(([key, name]) => `('${key}', '${name}')`)
  .join(', ')}) t(key, name)`;

it('gives what the model gives, whole or in two partitions', async () => {
  await fc.assert(fc.asyncProperty(given, agrees), RUNS);
});

async function agrees({ rows: values, steps: names, checks, withUnique, cut: at }: Given): Promise<void> {
  const rows = values.map(({ k, raw }, index): ModelRow => ({
    row: index + 1,
    k,
    raw,
    n: null,
    fate: 'in',
    reasons: [],
  }));
  const cut = Math.min(at, rows.length);
  const steps = [CAST, ...names.flatMap((name) => STEPS[name] ?? [])];
  const config = pipelineOf({
    transform: steps.map((step) => step.yaml),
    checks: [...checks.map((one) => one.yaml), ...(withUnique ? [{ unique: ['k', 'n'] }] : [])],
  });
  const whole = await bench.dataset(config, [relation(rows)], { references: { people } });
  const parts = [rows.slice(0, cut), rows.slice(cut)];
  const cutUp = await bench.dataset(config, parts.map(relation), { references: { people } });

  for (const step of steps) step.apply(rows);
  for (const one of checks) one.apply(rows);
  for (const row of alive(rows)) if (row.reasons.length > 0) row.fate = 'quarantined';
  if (withUnique) unique(rows);

  const fates = (fate: ModelRow['fate']): ModelRow[] => rows.filter((row) => row.fate === fate);
  expect(whole.facts.counts).toEqual({
    read: rows.length,
    generated: 0,
    filtered: fates('filtered').length,
    deduplicated: fates('deduplicated').length,
    collapsed: 0,
    quarantined: fates('quarantined').length,
    loaded: fates('in').length,
  });
  const reasons = new Map<string, number>();
  for (const row of fates('quarantined'))
    for (const name of row.reasons) reasons.set(name, (reasons.get(name) ?? 0) + 1);
  expect(Object.fromEntries(whole.facts.reasons.map(({ reason, rows: count }) => [reason, count]))).toEqual(
    Object.fromEntries(reasons),
  );
  const loaded = fates('in').map((row) => [row.row, row.k, row.n]);
  expect(loadedRows(whole, () => 0)).toEqual(loaded);
  expect(loadedRows(cutUp, (partition) => (partition === 0 ? 0 : cut - 1000))).toEqual(loaded);
  expect(imbalance(cutUp.facts.counts)).toBe(0);
}

type Dataset = Awaited<ReturnType<StepsBench['dataset']>>;

/** Row number, key and number of what staging would find; `shift` turns a partition's row numbers back into positions. */
function loadedRows({ transformed, exclusions }: Dataset, shift: (partition: number) => number): unknown[][] {
  const gone = new Set(exclusions.map((row) => `${row['partition']} ${row['_sluice_row']}`));
  return transformed.flatMap((one, partition) =>
    one.good
      .filter((row) => !gone.has(`${partition} ${row['_sluice_row']}`))
      .map((row) => [Number(row['_sluice_row']) + shift(partition), row['k'], row['n']]),
  );
}
