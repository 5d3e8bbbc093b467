import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline as streamPipeline } from 'node:stream/promises';
import { to as copyTo } from 'pg-copy-streams';
import type { EngineSession } from '../../../engine/engine-session';
import { quoteIdentifier } from '../../../engine/quote-identifier';
import { quoteLiteral } from '../../../engine/quote-literal';
import { SourceCountError } from '../../../errors/source-count-error';
import { TargetSchemaMismatchError } from '../../../errors/target-schema-mismatch-error';
import { selectCopied } from '../../postgres/copied-csv';
import { postgresErrorOf } from '../../postgres/postgres-error-of';
import type { PostgresSession } from '../../postgres/postgres-session';
import { describeTable, logicalColumns, type TableName } from './target-table';

/** Copies columns of a table to a local Parquet file: COPY to a file, which the engine reads. `where` is SQL. Gives the rows. */
export async function exportTable(
  session: PostgresSession,
  name: TableName,
  wanted: readonly string[],
  file: string,
  engine: EngineSession,
  connection: string,
  where = 'true',
): Promise<number> {
  const table = await describeTable(session, name, connection);
  if (table === null)
    throw new TargetSchemaMismatchError(`${name.sql} does not exist: nothing was published yet`, connection);
  const there = logicalColumns(table);
  const columns = wanted.map((column) => {
    const found = there.find((candidate) => candidate.name === column);
    if (found === undefined) throw new TargetSchemaMismatchError(`${name.sql} has no column ${column}`, connection);
    return found;
  });
  const csv = join(engine.scratchFolder, `export-${randomUUID()}.csv`);
  try {
    const list = columns.map((column) => quoteIdentifier(column.name)).join(', ');
    const copy = session.client.query(
      copyTo(`COPY (SELECT ${list}, 0 FROM ${name.sql} WHERE ${where}) TO STDOUT (FORMAT csv)`),
    );
    try {
      await streamPipeline(copy, createWriteStream(csv, { highWaterMark: 1 << 20 }));
    } catch (error) {
      throw postgresErrorOf(error, connection);
    }
    await engine.run(
      `COPY (${selectCopied([csv], columns)}) TO ${quoteLiteral(file)} (FORMAT parquet, COMPRESSION zstd)`,
    );
    const [counted] = await engine.rows<{ rows: bigint }>(
      `SELECT count(*) AS rows FROM read_parquet(${quoteLiteral(file)})`,
    );
    const rows = Number(counted?.rows ?? 0);
    if (rows !== copy.rowCount) {
      throw new SourceCountError(`${name.sql}: ${rows} rows were kept of ${copy.rowCount} that came`, connection);
    }
    return rows;
  } finally {
    await rm(csv, { force: true });
  }
}
