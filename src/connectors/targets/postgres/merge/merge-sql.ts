import { quoteIdentifier } from '../../../../engine/quote-identifier';
import { SYSTEM_COLUMNS, type Column } from '../../../../model/column';
import type { HistoryColumns } from './history-columns';
import type { MergePlan } from './merge-plan';

const { load, file, row } = SYSTEM_COLUMNS;

/** Whether two rows differ in a column of the pipeline, to the bit, as checksums see it too. */
export function differs({ columns, formatted }: MergePlan, one: string, other: string): string {
  const values = (side: string) => columns.map((column) => comparable(column, side, formatted.get(column.name)));
  return `(${values(one).join(', ')}) IS DISTINCT FROM (${values(other).join(', ')})`;
}

function comparable({ name, type }: Column, side: string, formatted: string | undefined): string {
  const value = `${side}.${quoteIdentifier(name)}`;
  if (type === 'json') return formatted === 'json' ? `(${value})::text` : `(${value})::jsonb`;
  // Collations and citext take different texts for the same, and 0 and -0 are equal numbers.
  if (type === 'string') return `(${value})::text COLLATE "C"`;
  return type === 'double' ? `float8send(${value})` : value;
}

/** The rows of the table that the merge changes or deletes, as they are before, with what happens to them. */
export function imagesSql(plan: MergePlan): string {
  const { name, slice, sameKey, marked, isGrouped } = plan;
  if (isGrouped) return `SELECT 'delete' AS _sluice_operation, t.* FROM ${name.sql} AS t WHERE ${inSlice(plan)}`;
  const changed = `SELECT CASE WHEN ${marked} THEN 'delete' ELSE 'update' END AS _sluice_operation, t.* FROM ${name.sql} AS t JOIN ${slice} AS s ON ${sameKey} WHERE ${marked} OR ${differs(plan, 't', 's')}`;
  if (plan.history?.closesAbsent !== true) return changed;
  return `${changed} UNION ALL SELECT 'delete', t.* FROM ${name.sql} AS t WHERE ${absent(plan)}`;
}

/** Current versions that no longer hold get the time of the load as their end, and carry the load. `$1` is the load. */
export function closeSql(plan: MergePlan, history: HistoryColumns): string {
  const { name, slice, sameKey, marked } = plan;
  const key = quoteIdentifier(history.to);
  const ends = `EXISTS (SELECT FROM ${slice} AS s WHERE ${sameKey} AND (${marked} OR ${differs(plan, 't', 's')}))`;
  const all = history.closesAbsent ? `(${ends} OR (${absent(plan)}))` : ends;
  return `UPDATE ${name.sql} AS t SET ${key} = transaction_timestamp(), ${load} = $1::bigint WHERE t.${key} IS NULL AND ${all}`;
}

/** Versions that begin with the load: of new keys, and of those that were closed. `$1` is the load. */
export function openSql(plan: MergePlan, history: HistoryColumns): string {
  const { name, slice, columns, formatted, live, sameKey } = plan;
  const names = columns.map((column) => quoteIdentifier(column.name));
  const values = columns.map(({ name: column, type }) => {
    const value = `s.${quoteIdentifier(column)}`;
    return type === 'json' ? `${value}::${formatted.get(column) ?? 'jsonb'}` : value;
  });
  return (
    `INSERT INTO ${name.sql} (${[...names, quoteIdentifier(history.from), load, file, row].join(', ')}) ` +
    `SELECT ${[...values, 'transaction_timestamp()', '$1::bigint', `s.${file}`, `s.${row}`].join(', ')} FROM ${slice} AS s ` +
    `WHERE ${live} AND NOT EXISTS (SELECT FROM ${name.sql} AS t WHERE ${sameKey})`
  );
}

/** Null when the merge deletes nothing. */
export function deleteSql(plan: MergePlan): string | null {
  const { name, slice, sameKey, marked, isGrouped } = plan;
  if (isGrouped) return `DELETE FROM ${name.sql} AS t WHERE ${inSlice(plan)}`;
  return marked === 'false' ? null : `DELETE FROM ${name.sql} AS t USING ${slice} AS s WHERE ${sameKey} AND ${marked}`;
}

/** `$1` is the load. Rows that are just so in the table are not written again. */
export function insertSql(plan: MergePlan, isNew: boolean): string {
  const { name, slice, columns, formatted, live, keyNames, isGrouped } = plan;
  const names = columns.map((column) => quoteIdentifier(column.name));
  const values = columns.map(({ name: column, type }) => {
    const value = `s.${quoteIdentifier(column)}`;
    return type === 'json' ? `${value}::${formatted.get(column) ?? 'jsonb'}` : value;
  });
  const insert = `INSERT INTO ${name.sql} AS t (${[...names, load, file, row].join(', ')}) SELECT ${[...values, '$1::bigint', `s.${file}`, `s.${row}`].join(', ')} FROM ${slice} AS s WHERE ${live}`;
  if (isGrouped || isNew) return insert;
  const set = [...names, load, file, row].map((column) => `${column} = excluded.${column}`);
  return `${insert} ON CONFLICT (${keyNames.map(quoteIdentifier).join(', ')}) DO UPDATE SET ${set.join(', ')} WHERE ${differs(plan, 't', 'excluded')}`;
}

function inSlice({ slice, sameKey }: MergePlan): string {
  return `EXISTS (SELECT FROM ${slice} AS s WHERE ${sameKey})`;
}

/** Whether `t` is the current row of a key that the slice does not have. */
function absent({ slice, sameKey, history }: MergePlan): string {
  const to = quoteIdentifier(history?.to ?? '');
  return `t.${to} IS NULL AND NOT EXISTS (SELECT FROM ${slice} AS s WHERE ${sameKey})`;
}
