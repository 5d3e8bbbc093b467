import type { SelectStep } from '../../../config/schema/transform';
import { quoteIdentifier } from '../../../engine/quote-identifier';
import { findColumn, missingColumns } from '../find-column';
import { unbound, type BoundStep, type StepScope } from '../step-scope';

/** `select: [a, b]`: keeps these columns, in this order. */
export function bindSelect(step: SelectStep, scope: StepScope): BoundStep {
  const { columns } = scope;
  const problems = missingColumns(columns, step.select, 'select');
  if (problems.length > 0 || columns === null) return unbound(problems);
  const kept = step.select.map((name) => quoteIdentifier(findColumn(columns, name)?.name ?? name));
  const hidden = `* EXCLUDE (${columns.map((column) => quoteIdentifier(column.name)).join(', ')})`;
  return { problems, sql: `SELECT ${kept.join(', ')}, ${hidden}\nFROM ${scope.input}` };
}
