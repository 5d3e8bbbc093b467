import { quoteIdentifier } from '../../../../engine/quote-identifier';
import { TargetSchemaMismatchError } from '../../../../errors/target-schema-mismatch-error';
import type { TargetConfig } from '../../../../config/schema/pipeline';
import type { Column } from '../../../../model/column';
import type { PublishRequest } from '../../../../steps/load/target';
import { historyColumns, type HistoryColumns } from './history-columns';
import type { TableColumn, TableFacts, TableName } from '../target-table';

/** A merge as parts of statements: the table is `t`, the slice `s`. */
export interface MergePlan {
  readonly name: TableName;
  readonly columns: readonly Column[];
  readonly formatted: ReadonlyMap<string, string>;
  /** Quoted name of the table with the rows to merge. */
  readonly slice: string;
  readonly keyNames: readonly string[];
  /** Key values of `s`, as the table compares them. */
  readonly keys: readonly string[];
  /** Whether a row of `s` and one of `t` have the same key. */
  readonly sameKey: string;
  /** Whether a row of `s` is to be deleted, and the opposite; never null. */
  readonly marked: string;
  readonly live: string;
  /** Whether rows of a key come and go together. */
  readonly isGrouped: boolean;
  /** Set where the table has all versions: `sameKey` then means the current one. */
  readonly history: HistoryColumns | null;
}

/** Throws `target-schema-mismatch` when the columns that the merge names are not there or of no use. */
export function mergePlan(
  { target, columns }: Pick<PublishRequest, 'target' | 'columns'>,
  name: TableName,
  table: TableFacts | null,
  slice: string,
  connection: string,
): MergePlan {
  checkMergeColumns(target, columns, connection);
  const keyNames = target.key ?? [];
  const formatted = new Map((table?.columns ?? []).map((column: TableColumn) => [column.name, column.formatted]));
  const keyOf = (column: string): string => {
    const value = `s.${quoteIdentifier(column)}`;
    // Everywhere else the comparison of the staged type and that of the column agree.
    return formatted.get(column) === 'citext' ? `${value}::citext` : value;
  };
  const { hardDelete } = target.merge ?? {};
  const marks = hardDelete === undefined ? null : `s.${quoteIdentifier(hardDelete)}`;
  const history = historyColumns(target);
  const isCurrent = history === null ? '' : ` AND t.${quoteIdentifier(history.to)} IS NULL`;
  const isBoolean = columns.find((column) => column.name === hardDelete)?.type === 'boolean';
  return {
    name,
    columns,
    formatted,
    slice,
    keyNames,
    keys: keyNames.map(keyOf),
    sameKey: keyNames.map((column) => `t.${quoteIdentifier(column)} = ${keyOf(column)}`).join(' AND ') + isCurrent,
    marked: marks === null ? 'false' : `${marks} IS ${isBoolean ? 'TRUE' : 'NOT NULL'}`,
    live: marks === null ? 'true' : `${marks} IS ${isBoolean ? 'NOT TRUE' : 'NULL'}`,
    isGrouped: target.merge?.strategy === 'delete-insert',
    history,
  };
}

/** Throws `target-schema-mismatch` with a line for each column that a merge names and cannot use. */
export function checkMergeColumns(target: TargetConfig, columns: readonly Column[], connection: string): void {
  if (target.writeDisposition !== 'merge') return;
  const typeOf = (name: string) => columns.find((column) => column.name === name)?.type;
  const faults: string[] = [];
  for (const column of target.key ?? []) {
    const type = typeOf(column);
    if (type === undefined) faults.push(`the key column ${column} is not among those of the pipeline`);
    else if (type === 'json') faults.push(`the key column ${column} is json, which cannot be compared`);
  }
  const history = historyColumns(target);
  for (const column of history === null ? [] : [history.from, history.to]) {
    if (typeOf(column) !== undefined) faults.push(`${column} is a column of the pipeline, and of the versions`);
  }
  const { hardDelete, orderBy = [] } = target.merge ?? {};
  if (hardDelete !== undefined) {
    const type = typeOf(hardDelete);
    if (type === undefined) faults.push(`hardDelete: ${hardDelete} is not among the columns of the pipeline`);
    else if (!['boolean', 'date', 'timestamp', 'timestamptz'].includes(type)) {
      faults.push(`hardDelete: ${hardDelete} is ${type}; it has to be boolean, date, timestamp or timestamptz`);
    }
  }
  for (const { column } of orderBy.map(readOrder)) {
    const type = typeOf(column);
    if (type === undefined) faults.push(`orderBy: ${column} is not among the columns of the pipeline`);
    else if (type === 'json') faults.push(`orderBy: ${column} is json, which has no order`);
  }
  if (faults.length > 0) {
    throw new TargetSchemaMismatchError(
      `The merge into ${target.table} cannot be done: ${faults.join('; ')}`,
      connection,
    );
  }
}

/** A column with `asc` or `desc` behind it. */
export function readOrder(text: string): { readonly column: string; readonly direction: 'ASC' | 'DESC' } {
  const [, column = text, direction = 'asc'] = /^(.*?)(?: (asc|desc))?$/i.exec(text) ?? [];
  return { column, direction: direction.toLowerCase() === 'desc' ? 'DESC' : 'ASC' };
}
