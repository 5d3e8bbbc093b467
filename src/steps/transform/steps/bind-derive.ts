import type { DeriveStep } from '../../../config/schema/transform';
import { duckdbType } from '../../../engine/duckdb-type';
import { checkStepExpressions, withRunStart } from '../check-step-expressions';
import { selectWith, whileIn } from '../select-sql';
import { unbound, type BoundStep, type StepScope } from '../step-scope';

/** `derive: { delayed: delay > 15 }`. All expressions see the columns before the step: what builds on another needs its own step. */
export async function bindDerive(step: DeriveStep, scope: StepScope): Promise<BoundStep> {
  const entries = Object.entries(step.derive);
  const checked = await checkStepExpressions(
    scope,
    entries.map(([name, text]) => ({ path: `derive.${name}`, text })),
  );
  if (checked.problems.length > 0 || scope.columns === null) return unbound(checked.problems);
  const { from, star } = withRunStart(scope.input, checked.readsRunStart);
  const assignments = entries.map(([name, text], index) => ({
    name,
    sql: `CAST(${whileIn(`(${text})`)} AS ${duckdbType(checked.types[index] ?? 'string')})`,
  }));
  return { problems: [], sql: selectWith(from, star, scope.columns, assignments) };
}
