import { SYSTEM_COLUMNS } from '../../model/column';
import { HIDDEN } from './hidden-columns';

/** How rows are the same, and which of them stays. */
export interface DeduplicateOrder {
  /** Number of hidden key columns. */
  readonly keys: number;
  /** Direction of each hidden order column. */
  readonly directions: readonly ('ASC' | 'DESC')[];
}

/**
 * SQL over a relation of contenders for the rows that lose: all but the best of each key. Nulls in keys are equal to each other; a
 * null never wins by order; file and row decide last, so that the winner does not depend on how the rows were partitioned. The
 * keys that occur twice are found first, from the key columns alone: a window over all rows would sort them all.
 */
export function losersSql(relation: string, order: DeduplicateOrder, carry: readonly string[] = []): string {
  const keys = Array.from({ length: order.keys }, (_, index) => HIDDEN.key(index));
  const same = keys.map((key) => `c.${key} IS NOT DISTINCT FROM d.${key}`).join(' AND ');
  const by = [
    ...order.directions.map((direction, index) => `c.${HIDDEN.order(index)} ${direction} NULLS LAST`),
    `c.${SYSTEM_COLUMNS.file}`,
    `c.${SYSTEM_COLUMNS.row}`,
  ];
  const columns = [SYSTEM_COLUMNS.file, SYSTEM_COLUMNS.row, ...carry];
  const partition = keys.map((key) => `c.${key}`).join(', ');
  return (
    `SELECT ${columns.join(', ')} FROM (` +
    `SELECT ${columns.map((column) => `c.${column}`).join(', ')}, ` +
    `row_number() OVER (PARTITION BY ${partition} ORDER BY ${by.join(', ')}) AS _sluice_place ` +
    `FROM ${relation} AS c SEMI JOIN (` +
    `SELECT ${keys.join(', ')} FROM ${relation} GROUP BY ${keys.join(', ')} HAVING count(*) > 1) AS d ON ${same}` +
    `) WHERE _sluice_place > 1`
  );
}
