import type { SourceConfig } from '../../config/schema/source';
import type { EngineSession } from '../../engine/engine-session';
import { parquetFacts } from '../../engine/parquet-facts';
import { quoteLiteral } from '../../engine/quote-literal';
import { SourceCountError } from '../../errors/source-count-error';
import { SYSTEM_PREFIX, type Column } from '../../model/column';
import type { Partition } from '../../model/slice';
import { nameUnreadable } from './name-unreadable';
import type { Source, SourceRelation } from './source';

export interface ExtractRequest {
  readonly source: Source;
  readonly config: SourceConfig;
  readonly partition: Partition;
  readonly session: EngineSession;
  /** Where to write the rows and, when there are any, the malformed ones. In a folder of the session. */
  readonly rawFile: string;
  readonly rejectsFile: string;
  /** Where to write the hashes of rows that the next run meets again. */
  readonly seenFile?: string;
  /** Those that earlier runs left. */
  readonly earlierSeenFile?: string | null;
}

/** What extraction wrote, read back from the footers. */
export interface ExtractFacts {
  /** Rows in `rawFile`. */
  readonly rows: number;
  /** Rows in `rejectsFile`; 0 means that no file was written. */
  readonly rejects: number;
  /** Rows in `seenFile`; 0 means that no file was written. */
  readonly seen: number;
  /** All rows that the source held: `rows + rejects`. */
  readonly read: number;
  /** The source's columns, in the order of the file; the system columns follow them there. */
  readonly columns: readonly Column[];
}

/**
 * Writes one partition of the source as Parquet, exactly as it is there. Throws `source-count-mismatch` when what was written is not
 * what the source stated.
 */
export async function extractPartition(request: ExtractRequest): Promise<ExtractFacts> {
  const { source, config, partition, session, rawFile, rejectsFile } = request;
  const relation = await source.open(partition, config, session, request.earlierSeenFile ?? null);
  try {
    await writeParquet(session, relation.selectSql, rawFile);
  } catch (error) {
    await findUnreadable(session, relation, rawFile);
    throw error;
  }
  const raw = await parquetFacts(session, rawFile);
  let rejects = 0;
  // Where all rows that are there were written, none is malformed, and looking for them would read everything again.
  if (relation.rejectsSql !== null && raw.rows !== relation.statedRows) {
    const counted = await session.rows<{ rows: bigint }>(`SELECT count(*) AS rows FROM (${relation.rejectsSql})`);
    if (Number(counted[0]?.rows ?? 0) > 0) {
      await writeParquet(session, relation.rejectsSql, rejectsFile);
      rejects = (await parquetFacts(session, rejectsFile)).rows;
    }
  }
  const read = raw.rows + rejects;
  if (relation.statedRows !== null && relation.statedRows !== read) {
    throw new SourceCountError(
      `${partition.label}: ${raw.rows} rows and ${rejects} malformed ones were written, the source states ${relation.statedRows}`,
    );
  }
  const seen = await writeSeen(request, relation.seenSql ?? null);
  return {
    rows: raw.rows,
    rejects,
    seen,
    read,
    columns: raw.columns.filter(({ name }) => !name.startsWith(SYSTEM_PREFIX)),
  };
}

/** The engine knows local copies only: reads file by file until one fails again, and throws the error that names it. */
async function findUnreadable(session: EngineSession, { parts = [] }: SourceRelation, file: string): Promise<void> {
  for (const { path, selectSql } of parts) {
    try {
      await writeParquet(session, selectSql, file);
    } catch (error) {
      throw nameUnreadable(path, error);
    }
  }
}

async function writeSeen({ session, seenFile }: ExtractRequest, seenSql: string | null): Promise<number> {
  if (seenSql === null || seenFile === undefined) return 0;
  await writeParquet(session, seenSql, seenFile);
  return (await parquetFacts(session, seenFile)).rows;
}

async function writeParquet(session: EngineSession, select: string, file: string): Promise<void> {
  await session.run(`COPY (${select}) TO ${quoteLiteral(file)} (FORMAT parquet, COMPRESSION zstd)`);
}
