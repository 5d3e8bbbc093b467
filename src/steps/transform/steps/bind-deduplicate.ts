import type { DeduplicateStep } from '../../../config/schema/transform';
import { quoteIdentifier } from '../../../engine/quote-identifier';
import { findColumn, missingColumn, missingColumns } from '../find-column';
import { HIDDEN } from '../hidden-columns';
import { unbound, type BoundStep, type StepScope } from '../step-scope';

/** A deduplicate step, bound: its SQL marks the rows and carries keys and order beside them; who stays is decided over all rows. */
export interface BoundDeduplicate extends BoundStep {
  readonly keys: number;
  /** `ASC` or `DESC` of each hidden order column. */
  readonly directions: readonly ('ASC' | 'DESC')[];
}

/** `deduplicate: { keys: [id], orderBy: [updated_at desc] }` */
export function bindDeduplicate(step: DeduplicateStep, scope: StepScope): BoundDeduplicate {
  const { columns } = scope;
  const { keys, orderBy } = step.deduplicate;
  const order = orderBy.map(parseOrder);
  const problems = [
    ...missingColumns(columns, keys ?? [], 'deduplicate.keys'),
    ...order.flatMap(({ column }, index) => missingColumn(columns, column, `deduplicate.orderBy[${index}]`) ?? []),
  ];
  const directions = order.map(({ direction }) => direction);
  if (problems.length > 0 || columns === null) return { ...unbound(problems), keys: 0, directions };
  const present = (name: string): string => quoteIdentifier(findColumn(columns, name)?.name ?? name);
  const keyColumns = keys?.map(present) ?? columns.map((column) => quoteIdentifier(column.name));
  const hidden = [
    ...keyColumns.map((column, index) => `${column} AS ${HIDDEN.key(index)}`),
    ...order.map(({ column }, index) => `${present(column)} AS ${HIDDEN.order(index)}`),
    `${HIDDEN.out} = 0 AS ${HIDDEN.contends}`,
  ];
  return { problems, keys: keyColumns.length, directions, sql: `SELECT *, ${hidden.join(', ')}\nFROM ${scope.input}` };
}

/** Takes `updated_at desc` apart. */
export function parseOrder(text: string): { readonly column: string; readonly direction: 'ASC' | 'DESC' } {
  const match = /^(.*?)(?:\s+(asc|desc))?$/i.exec(text.trim());
  return { column: match?.[1] ?? text, direction: match?.[2]?.toLowerCase() === 'desc' ? 'DESC' : 'ASC' };
}
