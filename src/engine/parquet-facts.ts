import type { Column } from '../model/column';
import { describeRelation } from './describe-relation';
import type { EngineSession } from './engine-session';
import { quoteLiteral } from './quote-literal';

/** One row group of a Parquet file, as its footer states it. */
export interface RowGroupFacts {
  readonly index: number;
  readonly rows: number;
  /** Uncompressed bytes. */
  readonly bytes: number;
}

/** What a Parquet footer says. `columns` do not include anything that Sluice adds. */
export interface ParquetFacts {
  readonly rows: number;
  readonly rowGroups: readonly RowGroupFacts[];
  readonly columns: readonly Column[];
}

/** Reads a footer. Throws `UnreadableFileError` when the file is no Parquet file, `EngineQueryRefusedError` outside the session's folders. */
export async function parquetFacts(session: EngineSession, file: string): Promise<ParquetFacts> {
  const literal = quoteLiteral(file);
  const totals = await session.rows<{ rows: bigint }>(
    `SELECT num_rows::BIGINT AS rows FROM parquet_file_metadata(${literal})`,
  );
  const groups = await session.rows<{ id: bigint; rows: bigint; bytes: bigint }>(
    `SELECT row_group_id::BIGINT AS id, any_value(row_group_num_rows)::BIGINT AS rows, any_value(row_group_bytes)::BIGINT AS bytes ` +
      `FROM parquet_metadata(${literal}) GROUP BY ALL ORDER BY ALL`,
  );
  return {
    rows: Number(totals[0]?.rows ?? 0),
    rowGroups: groups.map((group) => ({
      index: Number(group.id),
      rows: Number(group.rows),
      bytes: Number(group.bytes),
    })),
    columns: await describeRelation(session, `SELECT * FROM read_parquet(${literal})`),
  };
}
