import type { EngineSession } from '../engine/engine-session';
import { parquetFacts } from '../engine/parquet-facts';
import type { Column } from '../model/column';

/** Rows and columns of a Parquet file, from its footer: what an artifact's reference says of it. */
export async function fileFacts(
  session: EngineSession,
  file: string,
): Promise<{ readonly rows: number; readonly columns: readonly Column[] }> {
  const { rows, columns } = await parquetFacts(session, file);
  return { rows, columns };
}
