import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pipeline as streamPipeline } from 'node:stream/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { postgresConnection } from '../../src/config/schema/connection';
import { source as sourceSchema } from '../../src/config/schema/source';
import { FolderSource } from '../../src/connectors/sources/folder/folder-source';
import { PostgresSource } from '../../src/connectors/sources/postgres/postgres-source';
import { createEngine } from '../../src/engine/create-engine';
import type { Engine } from '../../src/engine/engine-session';
import { extractPartition } from '../../src/steps/extract/extract-partition';
import type { Source } from '../../src/steps/extract/source';
import { createTestDatabase } from '../support/postgres';
import type { BenchSection } from './bench-section';

const ROWS = 3_000_000;
const FILES = 1_000;
const ROUNDS = 2;

/** Extraction from PostgreSQL beside bare COPY, and from many small files beside one big file with the same rows. */
export async function run(): Promise<BenchSection> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-bench-extract-'));
  const database = await createTestDatabase();
  const engine = createEngine({
    memoryLimitBytes: 1 << 30,
    tempLimitBytes: 8 * 2 ** 30,
    threads: 2,
    slots: 1,
    tempFolder: folder,
  });
  try {
    await database.query(`CREATE TABLE orders AS SELECT i AS id, i % 1000 AS customer, ((i % 100000) / 7.0)::numeric(12,2) AS amount,
      timestamptz '2024-01-01Z' + i * interval '1 second' AS ordered_at, 'note number ' || i AS note FROM generate_series(1, ${ROWS}) i`);
    await database.query('ANALYZE orders');
    const lines = await smallFiles(folder);
    const { host, port, user, password, database: name } = database;
    const config = postgresConnection.parse({ kind: 'postgres', host, port, user, database: name, tls: 'off' });
    const crm = new PostgresSource({ config, credentials: { login: async () => ({ password }) }, connection: 'crm' });
    const landing = new FolderSource({ folder, connection: 'landing' });
    const cases: readonly [string, () => Promise<number>, number][] = [
      ['COPY to a file, nothing else', () => bareCopy(database.connectionString, folder), ROWS],
      ['COPY to a file, then Parquet by bare DuckDB', () => bareCopyToParquet(database.connectionString, folder), ROWS],
      ['extract of the table', () => extract(engine, crm, { connection: 'crm', table: 'orders' }), ROWS],
      [
        'extract of the table, snapshot over 4 connections',
        () => extract(engine, crm, { connection: 'crm', table: 'orders', consistency: 'snapshot' }),
        ROWS,
      ],
      ['extract of one CSV file', () => extract(engine, landing, { connection: 'landing', files: 'one/*.csv' }), lines],
      [
        `extract of ${FILES} CSV files with the same rows`,
        () => extract(engine, landing, { connection: 'landing', files: 'many/*.csv' }),
        lines,
      ],
    ];
    const best = cases.map(() => Infinity);
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [index, [label, work, wanted]] of cases.entries()) {
        const started = performance.now();
        const rows = await work();
        best[index] = Math.min(best[index] ?? Infinity, (performance.now() - started) / 1000);
        if (rows !== wanted) throw new Error(`${label}: ${rows} rows instead of ${wanted}`);
      }
    }
    return section(
      cases.map(([label, , rows]) => [label, rows]),
      best,
    );
  } finally {
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  }
}

function section(cases: readonly (readonly [string, number])[], best: readonly number[]): BenchSection {
  const against = [0, 1, 1, 1, 4, 4];
  return {
    title: 'Extraction',
    intro: `${ROWS.toLocaleString('en')} orders in PostgreSQL on this machine, through the extract step into Parquet, beside \`COPY TO STDOUT\` alone and beside the same copy turned into Parquet by bare DuckDB; and the same rows in one CSV file and in ${FILES}, from a local folder. The shortest of ${ROUNDS} rounds, in turn.`,
    columns: ['what', 'seconds', 'rows per second', 'against'],
    rows: cases.map(([label, rows], index) => {
      const seconds = best[index] ?? NaN;
      const peer = against[index] ?? 0;
      const ratio = peer === index ? '' : `${(seconds / (best[peer] ?? NaN)).toFixed(2)} × ${cases[peer]?.[0] ?? ''}`;
      return [label, seconds.toFixed(1), Math.round(rows / seconds).toLocaleString('en'), ratio];
    }),
    notes: [
      'Everything stands on one machine with two cores: server, engine and reader share them.',
      'Rows are counted in the Parquet that comes out, and must be as many as were made.',
    ],
  };
}

async function extract(engine: Engine, source: Source, config: object): Promise<number> {
  const parsed = sourceSchema.parse(config);
  const plan = await engine.use((session) =>
    source.plan({ config: parsed, writeDisposition: 'append', definitionHash: '', watermark: null, session }),
  );
  if (plan.outcome !== 'planned') throw new Error(plan.reason);
  let rows = 0;
  for (const partition of plan.partitions) {
    rows += await engine.use(async (session) => {
      const rawFile = path.join(session.scratchFolder, 'raw.parquet');
      const rejectsFile = path.join(session.scratchFolder, 'rejects.parquet');
      return (await extractPartition({ source, config: parsed, partition, session, rawFile, rejectsFile })).rows;
    });
  }
  return rows;
}

async function bareCopy(
  connectionString: string,
  folder: string,
  file = path.join(folder, 'bare.csv'),
): Promise<number> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    const copy = client.query(copyTo('COPY orders TO STDOUT (FORMAT csv)'));
    await streamPipeline(copy, createWriteStream(file, { highWaterMark: 1 << 20 }));
    return copy.rowCount;
  } finally {
    await client.end();
  }
}

async function bareCopyToParquet(connectionString: string, folder: string): Promise<number> {
  const csv = path.join(folder, 'bare.csv');
  const rows = await bareCopy(connectionString, folder, csv);
  const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '1GB' });
  try {
    const connection = await instance.connect();
    const columns = `{'id': 'INTEGER', 'customer': 'INTEGER', 'amount': 'DECIMAL(12,2)', 'ordered_at': 'TIMESTAMPTZ', 'note': 'VARCHAR'}`;
    await connection.run(
      `COPY (SELECT * FROM read_csv('${csv}', header = false, columns = ${columns})) TO '${folder}/bare.parquet' (FORMAT parquet, COMPRESSION zstd)`,
    );
  } finally {
    instance.closeSync();
  }
  return rows;
}

/** The same lines in one file and in many; gives their number. */
async function smallFiles(folder: string): Promise<number> {
  const perFile = 1_000;
  await mkdir(path.join(folder, 'one'));
  await mkdir(path.join(folder, 'many'));
  const all: string[] = [];
  for (let file = 0; file < FILES; file += 1) {
    const lines = Array.from({ length: perFile }, (_, index) => {
      const id = file * perFile + index;
      return `${id},${id % 1000},${(id % 100000) / 7},2024-01-01 00:00:00,note number ${id}`;
    });
    all.push(...lines);
    await writeFile(
      path.join(folder, 'many', `${file}.csv`),
      `id,customer,amount,ordered_at,note\n${lines.join('\n')}\n`,
    );
  }
  await writeFile(path.join(folder, 'one', 'all.csv'), `id,customer,amount,ordered_at,note\n${all.join('\n')}\n`);
  return FILES * perFile;
}
