import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

const DATA = path.join(__dirname, '../../node_modules/vega-datasets/data');

/** The files that the demo lands, as they are. */
export const DEMO_FILES = {
  airports: path.join(DATA, 'airports.csv'),
  birdstrikes: path.join(DATA, 'birdstrikes.csv'),
  flights: path.join(DATA, 'flights-3m.parquet'),
} as const;

/**
 * Makes a small file from SQL over the demo's files, which the statement names as `airports`, `birdstrikes` (all columns
 * text) and `flights`. Gives the path of the new file, in a new temporary folder.
 */
export async function cut(name: string, select: string): Promise<string> {
  const file = path.join(await mkdtemp(path.join(os.tmpdir(), 'sluice-cut-')), name);
  const format = name.endsWith('.parquet') ? 'FORMAT parquet, ROW_GROUP_SIZE 2048' : 'FORMAT csv, HEADER';
  await query(`COPY (${select}) TO '${file}' (${format})`);
  return file;
}

/** Runs SQL over the demo's files, or over files that it names itself: for counting independently of the app. */
export async function query(sql: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    await connection.run(`CREATE VIEW airports AS FROM read_csv('${DEMO_FILES.airports}', all_varchar = true)`);
    await connection.run(`CREATE VIEW birdstrikes AS FROM read_csv('${DEMO_FILES.birdstrikes}', all_varchar = true)`);
    await connection.run(`CREATE VIEW flights AS FROM read_parquet('${DEMO_FILES.flights}')`);
    return (await connection.runAndReadAll(sql)).getRowObjectsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
