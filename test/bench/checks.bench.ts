import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { pipeline as pipelineSchema, type PipelineConfig } from '../../src/config/schema/pipeline';
import { createEngine } from '../../src/engine/create-engine';
import { describeRelation } from '../../src/engine/describe-relation';
import type { EngineSession } from '../../src/engine/engine-session';
import type { Column } from '../../src/model/column';
import { transformPartition } from '../../src/steps/transform/transform-partition';
import { validateDataset } from '../../src/steps/validate/validate-dataset';
import { validationNeeds } from '../../src/steps/validate/validation-needs';
import type { BenchSection } from './bench-section';

const ROWS = 3_000_000;
const COUNTS = [1, 5, 10, 25, 50];
const ROUNDS = 2;

/** A check of the YAML, and what it says as SQL that is true for failing rows, written by hand. */
interface Peer {
  readonly check: unknown;
  readonly fails: string;
}

/** Fifty different checks over seven columns; each fails on a few rows, or on none. */
function peers(): Peer[] {
  return Array.from({ length: 10 }, (_, index) => index).flatMap((index): Peer[] => [
    { check: { range: { column: 'amount', max: 99_990 - index } }, fails: `amount > ${99_990 - index}` },
    index % 2 === 0
      ? {
          check: { acceptedValues: { column: 'country', values: COUNTRIES.slice(0, 19 - index) } },
          fails: `country NOT IN (${COUNTRIES.slice(0, 19 - index)
            .map((name) => `'${name}'`)
            .join(', ')})`,
        }
      : { check: { length: { column: 'note', max: 39 - index } }, fails: `length(note) > ${39 - index}` },
    {
      check: { expression: { sql: `quantity * ${index + 1} < 99990` } },
      fails: `(quantity * ${index + 1} < 99990) IS NOT TRUE`,
    },
    index < 4
      ? { check: { notNull: [NULLABLE[index]] }, fails: `${NULLABLE[index]} IS NULL` }
      : {
          check: { pattern: { column: 'code', regex: `[A-Z]{2}[0-9]{${7 - (index % 2)},8}` } },
          fails: `NOT regexp_full_match(code, '[A-Z]{2}[0-9]{${7 - (index % 2)},8}')`,
        },
    {
      check: { range: { column: 'sold_at', min: `2020-01-01 00:0${index}:00` } },
      fails: `sold_at < TIMESTAMP '2020-01-01 00:0${index}:00'`,
    },
  ]);
}
const NULLABLE = ['amount', 'country', 'note', 'quantity'];
const COUNTRIES = Array.from({ length: 20 }, (_, index) => `country ${index}`);

/** Checks on the slice: half can be put together from partitions, half need all rows. */
const SLICE = [
  { rowCount: { min: 1 } },
  { sum: { column: 'quantity', min: 0 } },
  { mean: { column: 'amount', min: 0 } },
  { nullRate: { column: 'note', max: '50%' } },
  { freshness: { column: 'sold_at', maxAge: '36500d' } },
  { quantile: { column: 'amount', q: 0.5, min: 0 } },
  { quantile: { column: 'amount', q: 0.99, min: 0 } },
  { distinctCount: { column: 'country', min: 1 } },
  { distinctCount: { column: 'code', min: 1 } },
  { duplicates: { columns: ['country', 'code'], max: '100%' } },
];
const SLICE_SQL = [
  'count(*)',
  'sum(quantity), count(quantity)',
  'fsum(amount), count(amount)',
  'count(note)',
  'max(sold_at)',
  'quantile_cont(amount, 0.5), quantile_cont(amount, 0.99)',
  'count(DISTINCT country), count(DISTINCT code)',
  'count(DISTINCT (country, code)) FILTER (WHERE country IS NOT NULL AND code IS NOT NULL)',
].join(', ');

/** The transform and validate steps with more and more checks, beside bare DuckDB with the same conditions. */
export async function run(): Promise<BenchSection> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-bench-checks-'));
  try {
    const raw = path.join(folder, 'raw.parquet');
    await generate(raw);
    const all = peers();
    const cases = [
      ...COUNTS.map((count) => ({ label: String(count), peers: all.slice(0, count), slice: false })),
      { label: '50, and 10 on the slice', peers: all, slice: true },
    ];
    const best = cases.map(() => ({ transform: Infinity, validate: Infinity, counting: Infinity, writing: Infinity }));
    // In turn, so that a busy moment of the machine does not fall on one of them alone.
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [index, one] of cases.entries()) {
        const ours = await sluice(folder, raw, one.peers, one.slice);
        const bare = await bareDuckDb(folder, raw, one.peers, one.slice);
        if (ours.failures.join() !== bare.failures.join() || ours.loaded !== bare.good) {
          throw new Error(`The peers differ with ${one.label}: ${JSON.stringify([ours, bare])}`);
        }
        const seconds = best[index];
        if (seconds === undefined) continue;
        for (const key of ['transform', 'validate'] as const) seconds[key] = Math.min(seconds[key], ours[key]);
        for (const key of ['counting', 'writing'] as const) seconds[key] = Math.min(seconds[key], bare[key]);
      }
    }
    return section(
      cases.map(({ label }) => label),
      best,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Seconds = Record<'transform' | 'validate' | 'counting' | 'writing', number>;

function section(labels: readonly string[], best: readonly Seconds[]): BenchSection {
  const ours = (one: Seconds): number => one.transform + one.validate;
  const limit = (one: Seconds): number => one.counting + one.writing;
  const [first, most] = [best[0], best[COUNTS.length - 1]];
  if (first === undefined || most === undefined) throw new Error('nothing was measured');
  const growth = (of: (one: Seconds) => number): string => (of(most) / of(first)).toFixed(2);
  const more = (of: (one: Seconds) => number): string => (of(most) - of(first)).toFixed(2);
  return {
    title: 'Row checks, from 1 to 50',
    intro: `${ROWS.toLocaleString('en')} generated rows in one partition through the transform and validate steps, no orchestration, with more and more row checks (ranges, accepted values, lengths, patterns, expressions, nulls). The peer is bare DuckDB, with the same limits, with the same conditions written by hand: one SQL statement that counts the failures of every check, then one that writes the good rows and one that writes the others. Failures of every check and the number of good rows are the same, or the benchmark fails. Seconds are processor time of all threads, since others use the machine too; best of ${ROUNDS} rounds.`,
    columns: ['checks', 'transform', 'validate', 'bare: counting', 'bare: writing', 'ratio'],
    rows: best.map((one, index) => [
      labels[index] ?? '',
      ...[one.transform, one.validate, one.counting, one.writing].map((seconds) => seconds.toFixed(2)),
      (ours(one) / limit(one)).toFixed(2),
    ]),
    notes: [
      `From 1 check to 50 the steps take ${growth(ours)} times as long, bare DuckDB ${growth(limit)} times: it looks at the conditions three times, the steps once. The 49 checks more cost the steps ${more(ours)} s, and bare DuckDB ${more((one) => one.counting)} s for counting alone.`,
      'The steps write the rows once more than the peer (a stage with the failed checks of every row), keep reasons and origins of the quarantined rows, and balance the ledger: that is the price at 1 check.',
      'Row checks cost the validate step nothing: partitions bring their counts. The checks on the slice are ten verdicts from one more look at the good rows; the peer works out the same figures in one statement.',
    ],
  };
}

async function sluice(folder: string, raw: string, chosen: readonly Peer[], slice: boolean) {
  const engine = createEngine({
    memoryLimitBytes: 2 ** 30,
    tempLimitBytes: 8 * 2 ** 30,
    threads: 2,
    slots: 1,
    tempFolder: folder,
  });
  const checks = [...chosen.map(({ check }) => check), ...(slice ? SLICE : [])];
  const pipeline = pipelineSchema.parse({
    pipeline: 'sales',
    source: { connection: 'landing', files: 'sales/*.parquet' },
    checks,
    target: { connection: 'warehouse', table: 'shop.sales', writeDisposition: 'append' },
  });
  return engine.use((session) => steps(session, raw, pipeline, chosen.length), { readable: [folder] });
}

async function steps(session: EngineSession, raw: string, pipeline: PipelineConfig, rowChecks: number) {
  const file = (name: string): string => path.join(session.scratchFolder, `${name}.parquet`);
  const runStartedAt = '2026-01-01T00:00:00.000Z';
  const described = await describeRelation(session, `SELECT * EXCLUDE (_sluice_file, _sluice_row) FROM '${raw}'`);
  const columns: readonly Column[] = described;
  const began = cpuMs();
  const facts = await transformPartition({
    pipeline,
    input: raw,
    rejects: null,
    inputColumns: columns,
    references: [],
    parameters: {},
    runStartedAt,
    session,
    goodFile: file('good'),
    quarantineFile: file('quarantine'),
    contendersFile: file('contenders'),
  });
  const transformed = cpuMs();
  const { counts, checks, aggregates, reasons } = facts;
  const goodFile = validationNeeds(pipeline).goodFiles ? file('good') : null;
  const validated = await validateDataset({
    pipeline,
    session,
    columns: facts.columns,
    runStartedAt,
    history: { points: {}, timeZone: 'UTC', incomparable: null },
    exclusionsFile: file('exclusions'),
    quarantineFile: file('more'),
    partitions: [{ partition: 0, goodFile, contendersFile: null, counts, checks, aggregates, reasons }],
  });
  if (validated.verdict !== 'passed') throw new Error(validated.message);
  return {
    transform: (transformed - began) / 1000,
    validate: (cpuMs() - transformed) / 1000,
    failures: validated.checks.slice(0, rowChecks).map(({ failures }) => failures),
    loaded: validated.counts.loaded,
  };
}

async function bareDuckDb(folder: string, raw: string, chosen: readonly Peer[], slice: boolean) {
  const options = { memory_limit: '1GB', threads: '2', temp_directory: folder };
  const instance = await DuckDBInstance.create(':memory:', options);
  const connection = await instance.connect();
  try {
    const counted = chosen.map(({ fails }, index) => `count(*) FILTER (WHERE ${fails})::INT AS c${index}`);
    const [good, bad] = [path.join(folder, 'bare-good.parquet'), path.join(folder, 'bare-bad.parquet')];
    const anyFails = chosen.map(({ fails }) => `coalesce(${fails}, false)`).join(' OR ');
    const began = cpuMs();
    const [row = {}] = (
      await connection.runAndReadAll(`SELECT ${counted.join(', ')} FROM '${raw}'`)
    ).getRowObjectsJson();
    let counting = (cpuMs() - began) / 1000;
    const writes = cpuMs();
    const as = '(FORMAT parquet, COMPRESSION zstd)';
    await connection.run(`COPY (SELECT * FROM '${raw}' WHERE NOT (${anyFails})) TO '${good}' ${as}`);
    await connection.run(`COPY (SELECT * FROM '${raw}' WHERE ${anyFails}) TO '${bad}' ${as}`);
    const writing = (cpuMs() - writes) / 1000;
    if (slice) {
      const looks = cpuMs();
      await connection.run(`SELECT ${SLICE_SQL} FROM '${good}'`);
      counting += (cpuMs() - looks) / 1000;
    }
    const [count = {}] = (
      await connection.runAndReadAll(`SELECT count(*)::INT AS n FROM '${good}'`)
    ).getRowObjectsJson();
    const failures = chosen.map((_, index) => Number(row[`c${index}`]));
    return { counting, writing, failures, good: Number(count['n']) };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Processor time of this process, all threads together: unlike the clock, it hardly knows who else uses the machine. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The same rows in every run: everything follows from the row number. */
async function generate(raw: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '1GB', threads: '2' });
  const connection = await instance.connect();
  try {
    await connection.run(`COPY (
      SELECT i AS id,
             CASE WHEN i % 9973 = 0 THEN NULL ELSE (hash(i) % 10000000) / 100.0 END::DOUBLE AS amount,
             CASE WHEN i % 9967 = 0 THEN NULL ELSE hash(i + 1) % 10000 END::INTEGER AS quantity,
             CASE WHEN i % 9949 = 0 THEN NULL ELSE 'country ' || CASE WHEN i % 5003 = 0 THEN hash(i + 2) % 20 ELSE hash(i + 2) % 11 END END AS country,
             'AB' || lpad((hash(i + 3) % 10000000)::VARCHAR, 7, '0') AS code,
             CASE WHEN i % 9941 = 0 THEN NULL ELSE 'note ' || (hash(i + 4) % 1000000)::VARCHAR || CASE WHEN i % 7001 = 0 THEN ' with a longer text than usual' ELSE '' END END AS note,
             TIMESTAMP '2020-01-01' + INTERVAL (hash(i + 5) % 150000000) SECOND AS sold_at,
             0::INTEGER AS _sluice_file, i + 1 AS _sluice_row
        FROM range(${ROWS}) t(i)) TO '${raw}' (FORMAT parquet, COMPRESSION zstd)`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
