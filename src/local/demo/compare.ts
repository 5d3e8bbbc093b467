import { DuckDBInstance } from '@duckdb/node-api';
import { Client } from 'pg';
import type { Comparison, RealFile } from './real-files';

/** One measure from both sides, as text so that large sums stay exact; null where there is nothing to sum. */
export interface ComparedMeasure {
  readonly name: string;
  readonly postgres: string | null;
  readonly duckdb: string | null;
}

/** The loaded table beside the raw file. */
export interface ComparedFile {
  readonly pipeline: string;
  readonly table: string;
  readonly file: string;
  readonly measures: readonly ComparedMeasure[];
}

/**
 * Counts and sums each loaded table in PostgreSQL and each raw file in a DuckDB of the demo's own: neither figure comes
 * from the run. A table that does not exist gives nulls.
 */
export async function compareWithRawFiles(warehouseUrl: string, files: readonly RealFile[]): Promise<ComparedFile[]> {
  const warehouse = new Client({ connectionString: warehouseUrl });
  await warehouse.connect();
  try {
    const compared: ComparedFile[] = [];
    for (const { pipeline, file, comparison } of files) {
      const loaded = await measureTable(warehouse, comparison);
      const raw = await measureFile(file, comparison);
      compared.push({
        pipeline,
        table: comparison.table,
        file,
        measures: ['rows', ...comparison.measures.map(({ name }) => name)].map((name, index) => ({
          name,
          postgres: loaded[index] ?? null,
          duckdb: raw[index] ?? null,
        })),
      });
    }
    return compared;
  } finally {
    await warehouse.end();
  }
}

async function measureTable(warehouse: Client, { table, measures }: Comparison): Promise<(string | null)[]> {
  const [{ exists } = { exists: false }] = (
    await warehouse.query<{ exists: boolean }>('SELECT to_regclass($1) IS NOT NULL AS exists', [table])
  ).rows;
  if (!exists) return [];
  const columns = ['count(*)', ...measures.map(({ postgres }) => postgres)];
  const sql = `SELECT ${columns.map((column) => `(${column})::text`).join(', ')} FROM ${table}`;
  return (await warehouse.query<(string | null)[]>({ text: sql, rowMode: 'array' })).rows[0] ?? [];
}

async function measureFile(file: string, { read, measures }: Comparison): Promise<(string | null)[]> {
  const instance = await DuckDBInstance.create(':memory:');
  try {
    const connection = await instance.connect();
    const columns = ['count(*)', ...measures.map(({ duckdb }) => duckdb)];
    const sql = `SELECT ${columns.map((column) => `(${column})::varchar`).join(', ')} FROM ${read}`;
    const answer = await connection.runAndReadAll(sql, [file]);
    connection.closeSync();
    return (answer.getRowsJson()[0] ?? []) as (string | null)[];
  } finally {
    instance.closeSync();
  }
}
