import { duckdbType } from '../../engine/duckdb-type';
import { quoteIdentifier } from '../../engine/quote-identifier';
import { quoteLiteral } from '../../engine/quote-literal';
import type { ColumnType } from '../../model/column';

/** What a run takes of a source that gives texts: rows whose cursor, read by the engine, lies between two values, both included. JSON-safe. */
export interface TextCursor {
  readonly column: string;
  readonly type: ColumnType;
  /** As the engine prints it, times in UTC; null takes from the beginning. */
  readonly from: string | null;
  readonly to: string;
  /** Whether `to` itself is left to the next window; absent: it is taken. */
  readonly below?: boolean;
  /** Whether rows without a value are taken. */
  readonly nulls: boolean;
  /** From here on the next run will look again. */
  readonly again: string;
}

/** The lower end of a slice: what a source may be asked for, so that it gives no more than it has to. */
export type Since = Pick<TextCursor, 'column' | 'type'> & { readonly from: string };

/** The value of the cursor in a row; null for a text that is no value of its type. */
export function cursorValue({ column, type }: Pick<TextCursor, 'column' | 'type'>): string {
  return `TRY_CAST(${quoteIdentifier(column)} AS ${duckdbType(type)})`;
}

/** A bound as a value of the engine. */
export function cursorLiteral({ type }: Pick<TextCursor, 'type'>, text: string): string {
  return `CAST(${quoteLiteral(text)} AS ${duckdbType(type)})`;
}

/**
 * Whether a row belongs to the slice. One whose text is no value of the cursor's type belongs to every slice, and once it was taken, and
 * quarantined, it is known by its hash: it is never passed over without a word.
 */
export function withinCursor(cursor: TextCursor): string {
  const [text, value] = [quoteIdentifier(cursor.column), cursorValue(cursor)];
  const from = cursor.from === null ? '' : `${value} >= ${cursorLiteral(cursor, cursor.from)} AND `;
  const range = `(${from}${value} ${cursor.below === true ? '<' : '<='} ${cursorLiteral(cursor, cursor.to)})`;
  const unreadable = cursor.below === true ? '' : ` OR (${text} IS NOT NULL AND ${value} IS NULL)`;
  return `coalesce(${range}, false)${unreadable}${cursor.nulls ? ` OR ${text} IS NULL` : ''}`;
}
