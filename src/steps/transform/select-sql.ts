import { quoteIdentifier } from '../../engine/quote-identifier';
import type { Column } from '../../model/column';
import { HIDDEN } from './hidden-columns';
import { findColumn } from './find-column';

/** A value for a column: a new one, or a present one's new content. */
export interface Assignment {
  readonly name: string;
  readonly sql: string;
}

/**
 * `SELECT` of everything in `from`, with some columns replaced and others added at the end. Which is which depends on the
 * columns that are there; hidden ones are always replaced.
 */
export function selectWith(
  from: string,
  star: string,
  columns: readonly Column[],
  assignments: readonly Assignment[],
  hidden: readonly string[] = [],
): string {
  const replaced = [...hidden];
  const added: string[] = [];
  for (const { name, sql } of assignments) {
    const present = findColumn(columns, name);
    if (present) replaced.push(`${sql} AS ${quoteIdentifier(present.name)}`);
    else added.push(`${sql} AS ${quoteIdentifier(name)}`);
  }
  const list = [replaced.length > 0 ? `${star} REPLACE (\n  ${replaced.join(',\n  ')})` : star, ...added];
  return `SELECT ${list.join(',\n  ')}\nFROM ${from}`;
}

/** A value for the rows that still take part; null for the others, whose values nobody reads any more. */
export function whileIn(sql: string): string {
  return `CASE WHEN ${HIDDEN.out} = 0 THEN ${sql} END`;
}
