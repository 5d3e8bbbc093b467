import type { FormatConfig, SourceConfig } from '../../config/schema/source';
import type { EngineSession } from '../../engine/engine-session';
import { SourceSchemaError } from '../../errors/source-schema-error';
import type { Column } from '../../model/column';
import type { FileVersion, Partition } from '../../model/slice';
import { packUnits, type Unit } from '../../steps/extract/pack-units';
import { reconcileColumns, type FileColumns } from '../../steps/extract/reconcile-columns';
import type { FileStore } from './file-store';
import { inParallel } from './in-parallel';
import { fetchParquetFooter, readParquetFooter, type ParquetFooter } from './parquet-footer';
import type { FilePartitionSpec, PlannedFile, RowRange } from './partition-spec';
import type { ByteRange } from './line-range';
import { compressionOf } from './resolve-format';
import { csvColumns, jsonColumns } from './text-columns';

/** Headers or footers that are read at the same time. */
const READS_AT_ONCE = 8;
/** The smallest part of a text file that is split. */
const SPLIT_BYTES = 8 << 20;

interface Piece {
  readonly file: PlannedFile;
  /** One row group; absent for files that are not split. */
  readonly range?: RowRange;
  /** Lines of a text file that is split. */
  readonly lines?: ByteRange;
}

interface Learnt {
  readonly columns: readonly Column[];
  readonly units: readonly Unit<Piece>[];
}

/** Reads headers or footers, decides on the columns, and packs files or row groups into partitions. */
export async function planFiles(
  files: readonly FileVersion[],
  config: SourceConfig,
  format: FormatConfig,
  store: FileStore,
  session: EngineSession,
  connection: string,
): Promise<{ readonly columns: readonly Column[]; readonly partitions: readonly Partition[] }> {
  const { columns, units } = await (format.type === 'parquet'
    ? learnParquet(files, config, store, session, connection)
    : learnText(files, config, format, store, connection));
  const partitions = packUnits(units, config.partitions).map((packed, index) => partitionOf(packed, columns, index));
  return { columns, partitions };
}

async function learnParquet(
  files: readonly FileVersion[],
  config: SourceConfig,
  store: FileStore,
  session: EngineSession,
  connection: string,
): Promise<Learnt> {
  const fetched = await inParallel(files, READS_AT_ONCE, (file, index) =>
    fetchParquetFooter(file, index, store, session),
  );
  const footers: ParquetFooter[] = [];
  for (const footer of fetched) footers.push(await readParquetFooter(footer, session));
  const headers = files.map((file, index) => ({ path: file.path, columns: footers[index]?.columns ?? [] }));
  const units = files.flatMap((file, index): Unit<Piece>[] => {
    const footer = footers[index];
    if (footer === undefined) return [];
    const planned = { ...fileOf(file, index), footerStart: footer.footerStart };
    if (footer.groups.length === 0) return [{ item: { file: planned }, bytes: 0, rows: 0 }];
    return footer.groups.map((range) => ({ item: { file: planned, range }, bytes: range.length, rows: range.rows }));
  });
  return { columns: reconcileColumns(headers, config, true, connection), units };
}

async function learnText(
  files: readonly FileVersion[],
  config: SourceConfig,
  format: Exclude<FormatConfig, { type: 'parquet' }>,
  store: FileStore,
  connection: string,
): Promise<Learnt> {
  const units = files.flatMap((file, index) => textUnits(file, index, format));
  const declared = Object.keys(config.columns ?? {});
  const named = format.type === 'csv' ? format.header : config.columns === undefined;
  if (!named && declared.length > 0) return { columns: reconcileColumns([], config, false, connection), units };
  const found = await inParallel(files, READS_AT_ONCE, (file) =>
    format.type === 'csv' ? csvColumns(file, format, store) : jsonColumns(file, format, store),
  );
  const headers = files.flatMap((file, index): FileColumns[] => {
    const columns = found[index];
    return columns ? [{ path: file.path, columns }] : [];
  });
  if (headers.length === 0 && declared.length === 0) {
    throw new SourceSchemaError(
      `${files[0]?.path ?? config.files} is empty: there is no header, and the pipeline declares no columns`,
      connection,
    );
  }
  // Objects need not have all keys: their union is the header.
  const union = format.type === 'csv' ? headers : [{ path: config.files ?? '', columns: unionOf(headers) }];
  const columns = reconcileColumns(union, config, false, connection);
  if (format.type !== 'csv' || !format.header) return { columns, units };
  const withHeaders = units.map((unit) => {
    const header = unit.item.lines && found[unit.item.file.index]?.map(({ name }) => name);
    return header ? { ...unit, item: { ...unit.item, file: { ...unit.item.file, header } } } : unit;
  });
  return { columns, units: withHeaders };
}

/** A file as a whole, or in parts where every line is a record: NDJSON always, CSV where the pipeline says so. */
function textUnits(
  file: FileVersion,
  index: number,
  format: Exclude<FormatConfig, { type: 'parquet' }>,
): Unit<Piece>[] {
  const whole = { item: { file: fileOf(file, index) }, bytes: file.bytes, rows: null };
  const byLines =
    format.type === 'ndjson' || (format.type === 'csv' && !format.multiline && format.encoding === 'utf-8');
  if (!byLines || file.bytes < 2 * SPLIT_BYTES || compressionOf(file.path, format) !== 'none') return [whole];
  const parts = Math.ceil(file.bytes / SPLIT_BYTES);
  return Array.from({ length: parts }, (_, part) => {
    const lines = { from: part * SPLIT_BYTES, to: Math.min(file.bytes, (part + 1) * SPLIT_BYTES) };
    return { item: { file: fileOf(file, index), lines }, bytes: lines.to - lines.from, rows: null };
  });
}

function unionOf(headers: readonly FileColumns[]): Column[] {
  const known = new Map<string, Column>();
  for (const { columns } of headers)
    for (const column of columns) known.set(column.name, known.get(column.name) ?? column);
  return [...known.values()];
}

function fileOf({ path, etag, bytes }: FileVersion, index: number): PlannedFile {
  return { index, path, etag, bytes };
}

function partitionOf(packed: readonly Unit<Piece>[], columns: readonly Column[], index: number): Partition {
  const files = new Map<number, PlannedFile>();
  for (const { item } of packed) {
    const file = files.get(item.file.index) ?? item.file;
    const ranges = [...(file.ranges ?? []), ...(item.range ? [item.range] : [])];
    // Units come in the order of the file, so that the parts in a partition join.
    const lines = item.lines && { from: file.lines?.from ?? item.lines.from, to: item.lines.to };
    files.set(file.index, {
      ...file,
      ...(file.footerStart !== undefined && { ranges }),
      ...(lines && { lines }),
    });
  }
  const spec: FilePartitionSpec = { files: [...files.values()], columns };
  const rows = packed.reduce<number | null>(
    (sum, unit) => (sum === null || unit.rows === null ? null : sum + unit.rows),
    0,
  );
  return {
    index,
    label: labelOf(spec.files),
    spec,
    estimatedRows: rows,
    estimatedBytes: packed.reduce((sum, unit) => sum + unit.bytes, 0),
  };
}

function labelOf(files: readonly PlannedFile[]): string {
  const [first] = files;
  if (first === undefined) return 'nothing';
  if (files.length > 1) return `${files.length} files from ${first.path}`;
  if (first.lines) return `${first.path} bytes ${first.lines.from}-${first.lines.to - 1}`;
  const range = first.ranges?.[0];
  const last = first.ranges?.at(-1);
  return range && last ? `${first.path} rows ${range.firstRow + 1}-${last.firstRow + last.rows}` : first.path;
}
