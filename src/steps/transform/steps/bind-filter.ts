import type { FilterStep } from '../../../config/schema/transform';
import { checkStepExpressions, withRunStart } from '../check-step-expressions';
import { HIDDEN, OUT } from '../hidden-columns';
import { unbound, type BoundStep, type StepScope } from '../step-scope';

/** `filter: distance > 0`: rows for which it is not true leave, and are counted. */
export async function bindFilter(step: FilterStep, scope: StepScope): Promise<BoundStep> {
  const checked = await checkStepExpressions(scope, [{ path: 'filter', text: step.filter, expects: 'boolean' }]);
  if (checked.problems.length > 0 || scope.columns === null) return unbound(checked.problems);
  const { from, star } = withRunStart(scope.input, checked.readsRunStart);
  const out = `CASE WHEN ${HIDDEN.out} <> 0 THEN ${HIDDEN.out} WHEN (${step.filter}) THEN ${OUT.none} ELSE ${OUT.filtered} END`;
  return { problems: [], sql: `SELECT ${star} REPLACE (${out} AS ${HIDDEN.out})\nFROM ${from}` };
}
