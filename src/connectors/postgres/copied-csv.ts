import { duckdbType } from '../../engine/duckdb-type';
import { quoteIdentifier } from '../../engine/quote-identifier';
import { quoteLiteral } from '../../engine/quote-literal';
import type { Column } from '../../model/column';

/**
 * The engine's query over files that `COPY (SELECT <columns>, 0 ...) TO STDOUT (FORMAT csv)` wrote, with the columns in their order and
 * types. The 0 at the end keeps a row of one null from being an empty line, which readers of CSV skip.
 */
export function selectCopied(files: readonly string[], columns: readonly Column[]): string {
  const items = columns.map((column, index) => copiedColumn(column, `c${index}`));
  return `SELECT ${items.join(', ')} FROM ${readCopied(files, columns.length)}`;
}

/** The relation of the copied texts: columns `c0`, `c1`, ... */
export function readCopied(files: readonly string[], columns: number): string {
  const binding = Array.from({ length: columns }, (_, index) => `'c${index}': 'VARCHAR'`).join(', ');
  return (
    `read_csv([${files.map(quoteLiteral).join(', ')}], auto_detect = false, header = false, delim = ',', quote = '"', escape = '"', ` +
    `new_line = '\\n', comment = '', nullstr = '', allow_quoted_nulls = false, strict_mode = true, columns = {${binding}, 'end_of_row': 'VARCHAR'})`
  );
}

/** A select item that gives a column from its copied text. */
export function copiedColumn({ name, type }: Column, text: string): string {
  const value =
    type === 'binary' ? `unhex(substr(${text}, 3))` : `CAST(${copiedText(type, text)} AS ${duckdbType(type)})`;
  return `${value} AS ${quoteIdentifier(name)}`;
}

/** The text that the engine casts: PostgreSQL writes BC at the end, and there the engine would overlook it without a word. */
export function copiedText(type: Column['type'], text: string): string {
  return type === 'date' || type === 'timestamp' || type === 'timestamptz'
    ? `CASE WHEN ends_with(${text}, 'BC') THEN regexp_replace(${text}, '^(\\S+)(.*) BC$', '\\1 (BC)\\2') ELSE ${text} END`
    : text;
}
