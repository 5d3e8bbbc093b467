import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { startSluiceApp } from '../support/sluice-app';
import type { BenchOptions, BenchSection } from './bench-section';
import { FIGURES, generate, type JobInput, type JobReport } from './orders/job';
import { runSluice, SLUICE_FILES } from './orders/sluice';
import { watchCpu } from './cpu-watch';
import { renderBars, renderLines } from './plot';

const MILLION = 1_000_000;
const SEED = 7;
/** Memory of the engine: what DuckDB may use, in MB, and what Sluice's two slots share. */
const LIMITS_MB = [1024, 512] as const;
/** Of an instance besides the engine: see `readSettings`. */
const BESIDES_MB = 600;
/** Sizes in millions up to which a contestant is worth waiting for. */
const MOST: Readonly<Record<string, number>> = { streams: 1, postgres: 10, polars: 10 };
const FULL_MOST: Readonly<Record<string, number>> = { streams: 10, postgres: 30, polars: 10 };
const TITLES: Readonly<Record<string, string>> = {
  sluice: 'Sluice',
  duckdb: 'bare DuckDB and \\copy',
  postgres: 'PostgreSQL alone',
  polars: 'Polars in Node.js',
  streams: 'csv-parse streams',
};

interface Measured {
  readonly name: string;
  readonly millions: number;
  readonly limitMb: number;
  readonly seconds: number;
  readonly phases: Readonly<Record<string, number>>;
  readonly peakBytes: number;
  /** Processor time of everybody who works for it: its own process, the database and the storage. */
  readonly cpuSeconds: number;
  /** What went wrong instead, such as no memory. */
  readonly failed?: string;
}

/** The whole job beside what else could do it; figures of outputs that are not the same do not count. */
export async function run({
  full,
  partial,
  millions = full ? [1, 3, 10, 30] : [1, 10],
}: BenchOptions): Promise<BenchSection> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-bench-orders-'));
  const all: Measured[] = [];
  const sizes: string[] = [];
  try {
    for (const size of millions) {
      const data = path.join(folder, `data-${size}`);
      const files = await generate(data, size * MILLION, SEED);
      sizes.push(`${size} M: ${((await stat(files.orders)).size / 1e9).toFixed(2)} GB`);
      const limits = size === Math.max(...millions) || full ? LIMITS_MB : [1024];
      for (const limitMb of limits) {
        const peers = Object.entries(full ? FULL_MOST : MOST).flatMap(([name, most]) => (size <= most ? [name] : []));
        // What has no limit to set is measured once.
        const contestants = ['duckdb', ...(limitMb === 1024 ? peers : [])];
        await measure(folder, size, limitMb, files, contestants, async (one) => {
          all.push(one);
          progress(one);
          const done = all.map((each) => each.millions);
          await partial?.(section(all, [...new Set(done)], sizes));
        });
      }
      await rm(data, { recursive: true, force: true });
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return section(all, millions, sizes);
}

async function measure(
  folder: string,
  millions: number,
  limitMb: number,
  files: { readonly orders: string; readonly customers: string },
  contestants: readonly string[],
  told: (one: Measured) => Promise<void>,
): Promise<void> {
  const pipelines = await mkdtemp(path.join(folder, 'pipelines-'));
  for (const [name, yaml] of Object.entries(SLUICE_FILES)) await writeFile(path.join(pipelines, name), yaml);
  const temp = await mkdtemp(path.join(folder, 'temp-'));
  const app = await startSluiceApp({
    pipelines,
    env: {
      SLUICE_INSTANCE_MEMORY_MB: String(limitMb + BESIDES_MB),
      SLUICE_TEMP_DISK_MB: '40000',
      SLUICE_TEMP_FOLDER: temp,
    },
  });
  try {
    await app.land('landing', 'orders/orders.csv', files.orders);
    await app.land('landing', 'customers/customers.csv', files.customers);
    const sluice = await runSluice(app).then(
      ({ seconds, phases, peakBytes, quarantined, cpuSeconds }) => ({
        cpuSeconds,
        seconds,
        phases,
        peakBytes,
        quarantined,
        failed: undefined,
      }),
      (error: unknown) => ({
        cpuSeconds: 0,
        seconds: 0,
        phases: {},
        peakBytes: 0,
        quarantined: 0,
        failed: String(error).slice(0, 300),
      }),
    );
    const { quarantined, failed, ...figures } = sluice;
    await told({
      name: 'sluice',
      millions,
      limitMb,
      ...figures,
      ...(failed !== undefined && { failed }),
    });
    const expected =
      failed === undefined ? `${quarantined} ${await figuresOf(app.database.connectionString, 'mart.orders')}` : null;
    for (const name of contestants) {
      const own = path.join(folder, `${name}-${millions}`);
      await mkdir(own);
      const table = `bench_${name}`;
      const input: JobInput = {
        ...files,
        folder: own,
        database: app.database.connectionString,
        table,
        storage: app.storage.connectionString,
        memoryLimitMb: limitMb,
      };
      const one = { name, millions, limitMb };
      const others = await watchCpu();
      try {
        const { quarantined: put, phases, peakBytes, cpuSeconds: own } = await contest(name, input);
        const output = `${put} ${await figuresOf(app.database.connectionString, table)}`;
        const seconds = Object.values(phases).reduce((sum, value) => sum + value, 0);
        const differs =
          expected !== null && output !== expected
            ? { failed: `another output: ${output} instead of ${expected}` }
            : {};
        await told({ ...one, seconds, phases, peakBytes, cpuSeconds: own + (await others()), ...differs });
      } catch (error) {
        await told({
          ...one,
          seconds: 0,
          phases: {},
          peakBytes: 0,
          cpuSeconds: 0,
          failed: String(error).slice(0, 300),
        });
      }
      await app.database.query(`DROP TABLE IF EXISTS ${table}`);
      await rm(own, { recursive: true, force: true });
    }
  } finally {
    await app.stop();
  }
}

async function contest(name: string, input: JobInput): Promise<JobReport> {
  const hook = path.join(__dirname, '../../scripts/typescript-hook.cjs');
  const program = path.join(__dirname, 'orders', `${name}.ts`);
  const child = spawn(process.execPath, ['--max-old-space-size=8192', '-r', hook, program, JSON.stringify(input)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${name} ended with ${code}: ${err.slice(0, 1000)}`);
  return JSON.parse(out) as JobReport;
}

async function figuresOf(connectionString: string, table: string): Promise<string> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, string>>(`SELECT ${FIGURES} FROM ${table}`);
    return JSON.stringify(rows[0]);
  } finally {
    await client.end();
  }
}

function progress({ name, millions, limitMb, seconds, peakBytes, cpuSeconds, phases, failed }: Measured): void {
  const parts = Object.entries(phases).map(([phase, value]) => `${phase} ${value.toFixed(1)}`);
  process.stdout.write(
    `  ${name}, ${millions} M rows, ${limitMb} MB: ${failed ?? `${seconds.toFixed(1)} s (${parts.join(', ')}), CPU ${cpuSeconds.toFixed(1)} s, peak ${gigabytes(peakBytes)}`}\n`,
  );
}

function section(all: readonly Measured[], millions: readonly number[], sizes: readonly string[]): BenchSection {
  const usual = all.filter(({ limitMb }) => limitMb === 1024);
  const of = (name: string, size: number, limitMb = 1024): Measured | undefined =>
    all.find(
      (one) => one.name === name && one.millions === size && one.limitMb === limitMb && one.failed === undefined,
    );
  const ratio = (one: number | undefined, other: number | undefined): string =>
    one === undefined || other === undefined || other === 0 ? '' : (one / other).toFixed(2);
  const rows = usual.map((one) => {
    const limit = of('duckdb', one.millions);
    if (one.failed !== undefined)
      return [TITLES[one.name] ?? one.name, `${one.millions} M`, one.failed, '', '', '', '', '', ''];
    return [
      TITLES[one.name] ?? one.name,
      `${one.millions} M`,
      one.seconds.toFixed(1),
      Math.round((one.millions * MILLION) / one.seconds).toLocaleString('en'),
      ratio(one.seconds, limit?.seconds),
      one.cpuSeconds.toFixed(1),
      ratio(one.cpuSeconds, limit?.cpuSeconds),
      ratio(engineOf(one), limit === undefined ? undefined : engineOf(limit)),
      gigabytes(one.peakBytes),
    ];
  });
  const memory = all
    .filter(({ name }) => name === 'sluice' || name === 'duckdb')
    .map(({ name, millions: size, limitMb, seconds, peakBytes, failed }) => [
      `${TITLES[name]}, ${size} M`,
      `${limitMb} MB`,
      failed ?? seconds.toFixed(1),
      failed === undefined ? gigabytes(peakBytes) : '',
      failed === undefined ? gigabytes(peakBytes - limitMb * 2 ** 20) : '',
    ]);
  const largest = Math.max(
    ...millions.filter((size) => of('sluice', size) !== undefined && of('duckdb', size) !== undefined),
  );
  const steps = ['sluice', 'duckdb'].flatMap((name) => {
    const one = of(name, largest);
    return one === undefined
      ? []
      : [
          {
            name: TITLES[name] ?? name,
            parts: Object.entries(one.phases).map(([phase, value]) => ({ name: phase, value })),
          },
        ];
  });
  const phases = usual.flatMap(({ name, millions: size, phases: parts, failed }) =>
    failed === undefined
      ? [
          [
            `${TITLES[name]}, ${size} M`,
            Object.entries(parts)
              .map(([phase, value]) => `${phase} ${value.toFixed(1)}`)
              .join(', '),
          ],
        ]
      : [],
  );
  const line = (value: (one: Measured) => number) =>
    Object.entries(TITLES).flatMap(([name, title]) => {
      const values = millions.map((size) => {
        const one = of(name, size);
        return one === undefined ? Number.NaN : value(one);
      });
      return values.every(Number.isNaN) ? [] : [{ name: title, values }];
    });
  const x = { label: 'million rows', values: millions, logarithmic: true };
  return {
    title: 'One realistic job: orders',
    intro: `Orders from one CSV file (${sizes.join(', ')}), generated from a seed: nulls, texts where numbers belong, outliers, unknown customers and duplicates. Casts, deduplication, three derived columns, a lookup of 100,000 customers, eight checks with quarantine; zstd Parquet of good and of quarantined rows into storage, and the good rows into PostgreSQL. Sluice goes through the whole orchestration on the embedded host, with one instance. Counts, sums and extremes over the loaded table and the number of quarantined rows are the same for everybody, or the figure does not count. \`ratio\` is against bare DuckDB with \\copy and the uploads; \`engine\` compares extract, transform and validate with DuckDB's own script.`,
    columns: ['', 'rows', 'seconds', 'rows per second', 'ratio', 'CPU s', 'CPU ratio', 'engine', 'peak memory'],
    rows,
    tables: [
      {
        title: 'Memory, with what the engine may use:',
        columns: ['', 'limit', 'seconds', 'peak', 'above the limit'],
        rows: memory,
      },
      { title: 'Seconds of each phase:', columns: ['', 'phases'], rows: phases },
    ],
    plots: [
      {
        file: 'orders-seconds.svg',
        alt: 'Seconds over rows',
        svg: renderLines({
          title: 'Seconds for the job',
          x,
          y: { label: 'seconds', logarithmic: true },
          lines: line(({ seconds }) => seconds),
        }),
      },
      {
        file: 'orders-memory.svg',
        alt: 'Peak memory over rows',
        svg: renderLines({
          title: 'Peak memory of the process',
          x,
          y: { label: 'GB' },
          lines: line(({ peakBytes, name }) => (name === 'postgres' ? Number.NaN : peakBytes / 1e9)).filter(
            ({ values }) => !values.every(Number.isNaN),
          ),
        }),
      },
      {
        file: 'orders-phases.svg',
        alt: 'Seconds of each phase',
        svg: renderBars({ title: `Where ${largest} million rows spend their time`, unit: 's', bars: steps }),
      },
    ],
    notes: [
      'Bare DuckDB: the fastest of the shapes that were measured when the engine was chosen (tables in memory, a window over all rows and a second look at the file are slower): everything is read as text and cast once, one boolean verdict, an lz4 stage, duplicates found from the key column; then COPY to a CSV file and `\\copy`.',
      'PostgreSQL alone: COPY into an unlogged table, `pg_input_is_valid` for casts, 256 MB of work memory, two workers a query; one version. It writes no Parquet, and its own memory is not counted.',
      'Polars: lazy and streaming where it can, with whole cents, since its decimals lost rows in an earlier measurement; one version.',
      'csv-parse: one object for each row, a set of keys, 1,000 rows an insert by `unnest` while the next are parsed; its Parquet is made by DuckDB from NDJSON, since no writer for Node.js keeps up. Written for speed from the start, in one version; an insert with VALUES, as most functions have it, was not measured.',
      'CPU is processor time of everybody who works for it: its process, the database and the storage. With others on the machine it is the fairer ratio.',
      'The peers have no artifacts with checksums, no origins of quarantined rows, no ledger, no staging and no recovery: they start again from the beginning when they die.',
    ],
  };
}

function engineOf({ name, phases }: Measured): number | undefined {
  if (name === 'duckdb' || name === 'polars') return phases['engine'];
  if (name !== 'sluice') return undefined;
  return (phases['extract'] ?? 0) + (phases['transform'] ?? 0) + (phases['validate'] ?? 0);
}

function gigabytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(2)} GB`;
}
