import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineSession } from '../../engine/engine-session';
import { quoteIdentifier } from '../../engine/quote-identifier';
import { quoteLiteral } from '../../engine/quote-literal';
import { SYSTEM_COLUMNS } from '../../model/column';
import { nameUnreadable } from '../../steps/extract/name-unreadable';
import type { RelationPart, SourceRelation } from '../../steps/extract/source';
import type { FileStore } from './file-store';
import type { FilePartitionSpec, PlannedFile, RowRange } from './partition-spec';
import { relationColumn } from './relation-column';

/**
 * Downloads the row groups of a partition, and the footer, into sparse local files: what lies between is a hole and never read, since
 * the engine skips row groups by `file_row_number`.
 */
export async function openParquet(
  spec: FilePartitionSpec,
  store: FileStore,
  session: EngineSession,
): Promise<SourceRelation> {
  const parts: RelationPart[] = [];
  let rows = 0;
  for (const file of spec.files) {
    const ranges = file.ranges ?? [];
    const local = await fetchRanges(file, ranges, store, session);
    try {
      parts.push({ path: file.path, selectSql: await selectRanges(spec, file, ranges, local, session) });
    } catch (error) {
      throw nameUnreadable(file.path, error);
    }
    rows += ranges.reduce((sum, range) => sum + range.rows, 0);
  }
  const selectSql = parts.map((part) => part.selectSql).join(' UNION ALL ');
  return { selectSql, rejectsSql: null, statedRows: rows, parts };
}

async function fetchRanges(
  file: PlannedFile,
  ranges: readonly RowRange[],
  store: FileStore,
  session: EngineSession,
): Promise<string> {
  const local = join(session.scratchFolder, `file-${file.index}.parquet`);
  const handle = await open(local, 'w');
  await handle.truncate(file.bytes);
  await handle.close();
  for (const { offset, length } of adjoining(ranges)) await store.range(file, offset, length, local);
  const footerStart = file.footerStart ?? 0;
  await store.range(file, footerStart, file.bytes - footerStart, local);
  return local;
}

/** Ranges with nothing, or next to nothing, between them as one request. */
function adjoining(ranges: readonly RowRange[]): { offset: number; length: number }[] {
  const merged: { offset: number; length: number }[] = [];
  for (const { offset, length } of [...ranges].sort((a, b) => a.offset - b.offset)) {
    const last = merged.at(-1);
    if (last !== undefined && offset - (last.offset + last.length) < 1 << 16) {
      last.length = Math.max(last.length, offset + length - last.offset);
    } else merged.push({ offset, length });
  }
  return merged;
}

async function selectRanges(
  { columns }: FilePartitionSpec,
  file: PlannedFile,
  ranges: readonly RowRange[],
  local: string,
  session: EngineSession,
): Promise<string> {
  const relation = `read_parquet(${quoteLiteral(local)}, file_row_number = true)`;
  const described = await session.rows<{ column_name: string; column_type: string }>(
    `DESCRIBE SELECT * FROM ${relation}`,
  );
  const types = new Map(described.map((row) => [row.column_name, row.column_type]));
  const items = columns.map((column) => {
    const type = types.get(column.name);
    return relationColumn(column, type === undefined ? null : quoteIdentifier(column.name), type ?? '');
  });
  const first = Math.min(...ranges.map((range) => range.firstRow));
  const after = Math.max(...ranges.map((range) => range.firstRow + range.rows));
  // Ranges of one partition are consecutive row groups of the file.
  const where = ranges.length === 0 ? 'false' : `file_row_number >= ${first} AND file_row_number < ${after}`;
  return (
    `SELECT ${items.join(', ')}, ${file.index}::INTEGER AS ${SYSTEM_COLUMNS.file}, ` +
    `(file_row_number + 1)::BIGINT AS ${SYSTEM_COLUMNS.row} FROM ${relation} WHERE ${where}`
  );
}
