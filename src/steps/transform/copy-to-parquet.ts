import type { EngineSession } from '../../engine/engine-session';
import { quoteLiteral } from '../../engine/quote-literal';

/** Writes a query to a Parquet file and gives the rows that its footer says it has. `lz4` is for files that are read back at once. */
export async function copyToParquet(
  session: EngineSession,
  query: string,
  file: string,
  compression: 'zstd' | 'lz4' = 'zstd',
): Promise<number> {
  await session.run(`COPY (${query}) TO ${quoteLiteral(file)} (FORMAT parquet, COMPRESSION ${compression})`);
  return parquetRows(session, file);
}

/** Rows of a Parquet file, as its footer says. */
export async function parquetRows(session: EngineSession, file: string): Promise<number> {
  const [facts] = await session.rows<{ rows: bigint }>(
    `SELECT num_rows::BIGINT AS rows FROM parquet_file_metadata(${quoteLiteral(file)})`,
  );
  return Number(facts?.rows ?? 0);
}
