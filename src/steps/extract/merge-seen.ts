import type { EngineSession } from '../../engine/engine-session';
import { quoteLiteral } from '../../engine/quote-literal';

/** Writes the hashes of rows that the next run meets again, of all partitions, into one file. */
export async function mergeSeen(session: EngineSession, files: readonly string[], merged: string): Promise<void> {
  const relation = `read_parquet([${files.map(quoteLiteral).join(', ')}])`;
  await session.run(
    `COPY (SELECT hash FROM ${relation}) TO ${quoteLiteral(merged)} (FORMAT parquet, COMPRESSION zstd)`,
  );
}
