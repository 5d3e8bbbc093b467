import type { RuleStep } from '../../../config/schema/transform';
import { duckdbType } from '../../../engine/duckdb-type';
import { quoteIdentifier } from '../../../engine/quote-identifier';
import { checkStepExpressions, withRunStart } from '../check-step-expressions';
import { findColumn } from '../find-column';
import { setReasons } from '../reason-registry';
import { selectWith, whileIn } from '../select-sql';
import { unbound, type BoundStep, type StepScope } from '../step-scope';
import { assignedTypes } from './assigned-types';

/**
 * `rule: { when, set, else }`. Columns that are there keep their type, and where nothing is said their value; new ones take the
 * type of what they are set to, and null where nothing is said. All expressions see the columns before the step. The rows of a rule with
 * a name or a reason are counted.
 */
export async function bindRule(step: RuleStep, scope: StepScope): Promise<BoundStep> {
  const { when, set, else: otherwise = {}, reason = null } = step.rule;
  const names = [...new Set([...Object.keys(set), ...Object.keys(otherwise)])];
  const condition = await checkStepExpressions(scope, [{ path: 'rule.when', text: when, expects: 'boolean' }]);
  const values = names.flatMap((name) => [
    ...(name in set ? [{ name, path: `rule.set.${name}`, text: set[name] ?? '' }] : []),
    ...(name in otherwise ? [{ name, path: `rule.else.${name}`, text: otherwise[name] ?? '' }] : []),
  ]);
  const checked = await checkStepExpressions(scope, values);
  const problems = [...condition.problems, ...checked.problems];
  if (problems.length > 0 || scope.columns === null) return unbound(problems);
  const types = await assignedTypes(scope, names, values);
  if (types.problems.length > 0) return unbound(types.problems);
  const { from, star } = withRunStart(scope.input, condition.readsRunStart || checked.readsRunStart);
  const assignments = names.map((name) => {
    const present = findColumn(scope.columns ?? [], name);
    const kept = present ? quoteIdentifier(present.name) : 'NULL';
    const valueOf = (texts: Record<string, string>): string => (name in texts ? `(${texts[name]})` : kept);
    const sql = whileIn(`CASE WHEN (${when}) THEN ${valueOf(set)} ELSE ${valueOf(otherwise)} END`);
    return { name, sql: `CAST(${sql} AS ${duckdbType(types.of.get(name) ?? 'string')})` };
  });
  const name = step.rule.name ?? reason;
  if (name === null) return { problems: [], sql: selectWith(from, star, scope.columns, assignments) };
  const applied = scope.reasons.note(`rule(${name})`);
  const hidden = setReasons([{ reason: applied, when: `(${when})` }]);
  return {
    problems: [],
    sql: selectWith(from, star, scope.columns, assignments, hidden),
    figures: [{ kind: 'rule', name, reason, applied }],
  };
}
