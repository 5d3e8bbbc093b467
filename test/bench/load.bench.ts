import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pipeline as streamPipeline } from 'node:stream/promises';
import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { postgresConnection } from '../../src/config/schema/connection';
import { target as targetSchema } from '../../src/config/schema/pipeline';
import { PostgresTarget } from '../../src/connectors/targets/postgres/postgres-target';
import { createEngine } from '../../src/engine/create-engine';
import type { Engine } from '../../src/engine/engine-session';
import { NO_ROWS } from '../../src/model/counts';
import type { Column, ColumnType } from '../../src/model/column';
import { publishPipeline } from '../../src/steps/load/publish-pipeline';
import { stagePartition } from '../../src/steps/load/stage-partition';
import type { PublishRequest } from '../../src/steps/load/target';
import { createTestDatabase } from '../support/postgres';
import type { BenchSection } from './bench-section';

const ROWS = 3_000_000;
const MERGED = 300_000;
const PARTITIONS = 6;
const VERIFY = [{ rowCount: 'exact' as const }, { checksum: ['amount'] }];
const COLUMNS = (
  [
    ['id', 'integer'],
    ['customer', 'integer'],
    ['amount', 'decimal(12,2)'],
    ['ordered_at', 'timestamptz'],
    ['note', 'string'],
  ] as [string, ColumnType][]
).map(([name, type]): Column => ({ name, type, nullable: true }));
const DDL = 'id integer, customer integer, amount numeric(12,2), ordered_at timestamptz, note text';

/** Orders from one number on; `mark` makes them differ. */
const orders = (from: number, count: number, mark = ''): string =>
  `SELECT i::INTEGER AS id, (i % 1000)::INTEGER AS customer, CAST((i % 100000) / 7.0 AS DECIMAL(12,2)) AS amount,
     TIMESTAMPTZ '2024-01-01 00:00:00+00' + to_seconds(i) AS ordered_at, 'note number ${mark}' || i AS note FROM range(${from}, ${from + count}) r(i)`;

/** Loading into PostgreSQL beside a bare COPY of the same rows, and merging beside a plain INSERT ... ON CONFLICT. */
export async function run(): Promise<BenchSection> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-bench-load-'));
  const database = await createTestDatabase();
  const engine = createEngine({
    memoryLimitBytes: 1 << 30,
    tempLimitBytes: 8 * 2 ** 30,
    threads: 2,
    slots: 2,
    tempFolder: folder,
  });
  const { host, port, user, password, database: name } = database;
  const config = postgresConnection.parse({ kind: 'postgres', host, port, user, database: name, tls: 'off' });
  const target = new PostgresTarget({
    config,
    credentials: { login: async () => ({ password }) },
    connection: 'warehouse',
  });
  const half = MERGED / 2;
  const changes = [orders(ROWS - half, half, 'changed '), orders(ROWS, half)].join(' UNION ALL ');
  try {
    const bareLoad = await bare(engine, database.connectionString, orders(0, ROWS), [
      `CREATE TABLE bare (${DDL})`,
      'COPY bare',
      'ANALYZE bare',
    ]);
    const load = await sluice(engine, target, 'append', parts(0, ROWS));
    await database.query('CREATE UNIQUE INDEX ON bare (id)');
    await database.query(
      `CREATE TABLE mart.merged (LIKE mart.append); INSERT INTO mart.merged SELECT * FROM mart.append`,
    );
    await database.query('CREATE UNIQUE INDEX ON mart.merged (id); ANALYZE mart.merged');
    const bareMerge = await bare(engine, database.connectionString, changes, [
      `CREATE TEMP TABLE incoming (${DDL})`,
      'COPY incoming',
      `INSERT INTO bare SELECT * FROM incoming ON CONFLICT (id) DO UPDATE SET customer = excluded.customer, amount = excluded.amount, ordered_at = excluded.ordered_at, note = excluded.note`,
      'ANALYZE bare',
    ]);
    const merge = await sluice(engine, target, 'merge', [changes]);
    const [counted] = await database.query<{ bare: number; ours: number; same: boolean }>(
      `SELECT (SELECT count(*) FROM bare)::int AS bare, (SELECT count(*) FROM mart.merged)::int AS ours,
         (SELECT sum(hashtext(note)::bigint) FROM bare) = (SELECT sum(hashtext(note)::bigint) FROM mart.merged) AS same`,
    );
    if (counted?.bare !== ROWS + half || counted.ours !== ROWS + half || !counted.same) {
      throw new Error(`The tables differ: ${JSON.stringify(counted)}`);
    }
    const cases: readonly [string, number, number, number | null][] = [
      ['COPY of one prepared CSV file, ANALYZE', bareLoad, ROWS, null],
      [`append: stage ${PARTITIONS} partitions, two at a time, verify, publish`, load, ROWS, bareLoad],
      ['COPY to a temporary table, INSERT ... ON CONFLICT DO UPDATE', bareMerge, MERGED, null],
      ['merge by upsert: stage, verify, keep before-images, publish', merge, MERGED, bareMerge],
    ];
    return {
      title: 'Loading',
      intro: `${ROWS.toLocaleString('en')} orders into PostgreSQL on this machine, and ${MERGED.toLocaleString('en')} more of which half are there already with other notes. The peers do the least that gives the same rows: no staging, no ledger, no checksums, no way back.`,
      columns: ['what', 'seconds', 'rows per second', 'against the line above'],
      rows: cases.map(([label, seconds, rows, peer]) => [
        label,
        seconds.toFixed(1),
        Math.round(rows / seconds).toLocaleString('en'),
        peer === null ? '' : `${(seconds / peer).toFixed(2)} ×`,
      ]),
      notes: [
        'Files are prepared before: CSV for the peers, Parquet for Sluice, which is what its transform step leaves.',
        'Both merges end with the same number of rows and the same sum over their notes, or the figures would not count.',
      ],
    };
  } finally {
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  }
}

function parts(from: number, rows: number): string[] {
  const each = rows / PARTITIONS;
  return Array.from({ length: PARTITIONS }, (_, index) => orders(from + index * each, each));
}

/** Seconds that statements take, `COPY <table>` from a CSV file that was made before. */
async function bare(
  engine: Engine,
  connectionString: string,
  select: string,
  statements: readonly string[],
): Promise<number> {
  return engine.use(async (session) => {
    const csv = path.join(session.scratchFolder, 'prepared.csv');
    await session.run(`COPY (${select}) TO '${csv}' (FORMAT csv, HEADER false)`);
    const client = new Client({ connectionString });
    await client.connect();
    try {
      const started = performance.now();
      for (const statement of statements) {
        if (!statement.startsWith('COPY ')) await client.query(statement);
        else
          await streamPipeline(
            createReadStream(csv, { highWaterMark: 1 << 20 }),
            client.query(copyFrom(`${statement} FROM STDIN (FORMAT csv)`)),
          );
      }
      return (performance.now() - started) / 1000;
    } finally {
      await client.end();
    }
  });
}

/** Seconds that staging and publishing take, without the making of the files. */
async function sluice(
  engine: Engine,
  target: PostgresTarget,
  writeDisposition: 'append' | 'merge',
  selects: readonly string[],
): Promise<number> {
  const table = writeDisposition === 'append' ? 'mart.append' : 'mart.merged';
  const config = targetSchema.parse({
    connection: 'warehouse',
    table,
    writeDisposition,
    ...(writeDisposition === 'merge' && { key: ['id'] }),
  });
  const runId = `run-${writeDisposition}`;
  const staged: PublishRequest['staged'][number][] = [];
  let seconds = 0;
  const stage = async (select: string, partition: number): Promise<void> => {
    await engine.use(async (session) => {
      const goodFile = path.join(session.scratchFolder, 'good.parquet');
      await session.run(
        `COPY (SELECT *, 0::INTEGER AS _sluice_file, (${partition} * 1000000 + row_number() OVER ())::BIGINT AS _sluice_row FROM (${select}))
         TO '${goodFile}' (FORMAT parquet, COMPRESSION zstd)`,
      );
      ready += 1;
      if (ready === together) release();
      await prepared;
      const loadFile = path.join(session.scratchFolder, 'load.parquet');
      const request = {
        target,
        config,
        verify: VERIFY,
        runId,
        pipeline: writeDisposition,
        partition,
        columns: COLUMNS,
      };
      const facts = await stagePartition({ ...request, goodFile, exclusionsFile: null, session, loadFile });
      staged.push({ partition, facts });
    });
  };
  let ready = 0;
  let together = 0;
  let release: () => void = () => {};
  let prepared = Promise.resolve();
  for (let first = 0; first < selects.length; first += 2) {
    const pair = selects.slice(first, first + 2);
    [ready, together] = [0, pair.length];
    prepared = new Promise((done) => (release = done));
    const work = Promise.all(pair.map((select, index) => stage(select, first + index)));
    await prepared;
    const started = performance.now();
    await work;
    seconds += (performance.now() - started) / 1000;
  }
  const rows = staged.reduce((sum, { facts }) => sum + facts.rows, 0);
  const started = performance.now();
  await publishPipeline(target, {
    runId,
    pipeline: writeDisposition,
    target: config,
    columns: COLUMNS,
    slice: { kind: 'full' },
    definitionHash: 'bench',
    staged,
    counts: { ...NO_ROWS, read: rows, loaded: rows },
    verify: VERIFY,
    expectedPreviousLoad: 0,
    beforeCommit: async () => {},
  });
  return seconds + (performance.now() - started) / 1000;
}
