import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { describeRelation } from '../../engine/describe-relation';
import type { EngineSession } from '../../engine/engine-session';
import { quoteLiteral } from '../../engine/quote-literal';
import { EngineDiskFullError } from '../../errors/engine-disk-full-error';
import { EngineError } from '../../errors/engine-error';
import { reasonOf } from '../../errors/reason-of';
import { UnreadableFileError } from '../../errors/unreadable-file-error';
import type { Column } from '../../model/column';
import type { FileStore, StoredFile } from './file-store';
import type { RowRange } from './partition-spec';

/** What the footer of a Parquet file in the container says. */
export interface ParquetFooter {
  readonly rows: number;
  readonly columns: readonly Column[];
  /** One for each row group, in order. */
  readonly groups: readonly RowRange[];
  /** Where the footer's metadata begin. */
  readonly footerStart: number;
}

/** Four bytes of length and the four letters `PAR1`: https://parquet.apache.org/docs/file-format/ */
const TAIL_BYTES = 8;
const SHORTEST_FILE = 12;

/** A local file with nothing but a footer in it. */
export interface FetchedFooter {
  readonly version: StoredFile;
  readonly file: string;
  readonly footerStart: number;
}

function unreadable(version: StoredFile, why: string, cause?: unknown): UnreadableFileError {
  return new UnreadableFileError(`${version.path} cannot be read as Parquet: ${why}`, cause);
}

/** Brings the footer alone, by byte ranges: a big file costs as little as a small one. Throws `file-unreadable` naming the file. */
export async function fetchParquetFooter(
  version: StoredFile,
  index: number,
  store: FileStore,
  session: EngineSession,
): Promise<FetchedFooter> {
  if (version.bytes < SHORTEST_FILE) throw unreadable(version, `it has ${version.bytes} bytes`);
  const file = join(session.scratchFolder, `footer-${index}.parquet`);
  return { version, file, footerStart: await fetchFooter(version, store, file) };
}

/** Reads a footer that was brought. One at a time: a session runs one statement after the other. */
export async function readParquetFooter(
  { version, file, footerStart }: FetchedFooter,
  session: EngineSession,
): Promise<ParquetFooter> {
  try {
    return { ...(await groupsOf(session, file)), footerStart };
  } catch (error) {
    if (!(error instanceof EngineError) || error instanceof EngineDiskFullError) throw error;
    // The engine's message names the local copy.
    throw unreadable(version, reasonOf(error.cause ?? error).replaceAll(file, version.path));
  }
}

async function fetchFooter(version: StoredFile, store: FileStore, file: string): Promise<number> {
  const handle = await open(file, 'w+');
  try {
    await handle.truncate(version.bytes);
    await store.range(version, version.bytes - TAIL_BYTES, TAIL_BYTES, file);
    const tail = Buffer.alloc(TAIL_BYTES);
    await handle.read(tail, 0, TAIL_BYTES, version.bytes - TAIL_BYTES);
    const length = tail.readUInt32LE(0);
    const magic = tail.toString('latin1', 4);
    if (magic !== 'PAR1')
      throw unreadable(version, magic === 'PARE' ? 'its footer is encrypted' : 'it does not end as Parquet does');
    if (length > version.bytes - SHORTEST_FILE) throw unreadable(version, 'it is shorter than its footer says');
    const footerStart = version.bytes - TAIL_BYTES - length;
    await store.range(version, footerStart, length, file);
    return footerStart;
  } finally {
    await handle.close();
  }
}

async function groupsOf(session: EngineSession, file: string): Promise<Omit<ParquetFooter, 'footerStart'>> {
  const literal = quoteLiteral(file);
  const total = await session.rows<{ rows: bigint }>(
    `SELECT num_rows::BIGINT AS rows FROM parquet_file_metadata(${literal})`,
  );
  // Writers that have no dictionary leave its offset at 0 or out.
  const groups = await session.rows<{ rows: bigint; first: bigint; after: bigint }>(
    `WITH chunks AS (SELECT row_group_id, row_group_num_rows, total_compressed_size AS size,
       least(nullif(dictionary_page_offset, 0), data_page_offset) AS first FROM parquet_metadata(${literal}))
     SELECT any_value(row_group_num_rows)::BIGINT AS rows, min(first)::BIGINT AS first, max(first + size)::BIGINT AS after
     FROM chunks GROUP BY row_group_id ORDER BY row_group_id`,
  );
  let firstRow = 0;
  const ranges = groups.map((group) => {
    const range = {
      firstRow,
      rows: Number(group.rows),
      offset: Number(group.first),
      length: Number(group.after - group.first),
    };
    firstRow += range.rows;
    return range;
  });
  const columns = await describeRelation(session, `SELECT * FROM read_parquet(${literal})`);
  return { rows: Number(total[0]?.rows ?? 0), groups: ranges, columns };
}
