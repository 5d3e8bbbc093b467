import type { DropStep } from '../../../config/schema/transform';
import { quoteIdentifier } from '../../../engine/quote-identifier';
import { findColumn, missingColumns } from '../find-column';
import { unbound, type BoundStep, type StepScope } from '../step-scope';

/** `drop: [a, b]`: everything but these columns. */
export function bindDrop(step: DropStep, scope: StepScope): BoundStep {
  const { columns } = scope;
  const problems = missingColumns(columns, step.drop, 'drop');
  if (problems.length > 0 || columns === null) return unbound(problems);
  if (step.drop.length === columns.length) {
    return unbound([
      {
        path: 'drop',
        code: 'no-columns',
        message: 'No column would be left',
        value: null,
        fix: 'Keep at least one column.',
      },
    ]);
  }
  const dropped = step.drop.map((name) => quoteIdentifier(findColumn(columns, name)?.name ?? name));
  return { problems, sql: `SELECT * EXCLUDE (${dropped.join(', ')})\nFROM ${scope.input}` };
}
