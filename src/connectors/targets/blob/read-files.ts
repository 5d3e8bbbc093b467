import { quoteIdentifier } from '../../../engine/quote-identifier';
import { quoteLiteral } from '../../../engine/quote-literal';
import { duckdbType } from '../../../engine/duckdb-type';
import type { Column } from '../../../model/column';
import { valueOfText } from './file-text';
import type { OutputFormat } from './output-format';

/** The engine takes sixteen times as much memory for its buffer. A longer line is refused when staging reads the file back. */
const CSV_LINE_BYTES = 4 << 20;
const NDJSON_LINE_BYTES = 16 << 20;

/** Local files of one format with the same columns. */
export interface FileGroup {
  readonly files: readonly string[];
  readonly format: OutputFormat;
  /** The columns of the files, in their order. */
  readonly columns: readonly string[];
}

/** A query over data files that gives the columns named in their types; a column that a file does not have is null there. */
export function selectFiles(groups: readonly FileGroup[], columns: readonly Column[]): string {
  const none = columns.map(({ name, type }) => `NULL::${duckdbType(type)} AS ${quoteIdentifier(name)}`);
  const parts = groups.filter(({ files }) => files.length > 0).map((group) => selectGroup(group, columns));
  return [`SELECT ${none.join(', ')} WHERE false`, ...parts].join(' UNION ALL ');
}

function selectGroup(group: FileGroup, columns: readonly Column[]): string {
  const items = columns.map((column) => {
    const name = quoteIdentifier(column.name);
    const index = group.columns.indexOf(column.name);
    if (index < 0) return `NULL::${duckdbType(column.type)} AS ${name}`;
    return `${valueIn(group.format, column, index)} AS ${name}`;
  });
  return `SELECT ${items.join(', ')} FROM ${relation(group)}`;
}

function valueIn({ type }: OutputFormat, column: Column, index: number): string {
  if (type === 'parquet') return `CAST(${quoteIdentifier(column.name)} AS ${duckdbType(column.type)})`;
  if (type === 'csv') return valueOfText(column, `c${index}`);
  const pointer = quoteLiteral(`/${column.name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  if (column.type === 'json') return `json_extract(json, ${pointer})`;
  return valueOfText(column, `json_extract_string(json, ${pointer})`);
}

function relation({ files, format, columns }: FileGroup): string {
  const list = `[${files.map(quoteLiteral).join(', ')}]`;
  if (format.type === 'parquet') return `read_parquet(${list}, hive_partitioning = false)`;
  const codec = format.compression === 'none' ? 'uncompressed' : format.compression;
  const compression = `compression = ${quoteLiteral(codec)}`;
  if (format.type === 'ndjson')
    return `read_ndjson_objects(${list}, ${compression}, hive_partitioning = false, maximum_object_size = ${NDJSON_LINE_BYTES})`;
  const binding = columns.map((_, index) => `'c${index}': 'VARCHAR'`).join(', ');
  return (
    `read_csv(${list}, auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', new_line = '\\n', comment = '', ` +
    `nullstr = '', allow_quoted_nulls = false, strict_mode = true, ${compression}, hive_partitioning = false, columns = {${binding}}, ` +
    `max_line_size = ${CSV_LINE_BYTES})`
  );
}
