import type { RuleStep } from '../../../config/schema/transform';
import { duckdbType } from '../../../engine/duckdb-type';
import { quoteIdentifier } from '../../../engine/quote-identifier';
import type { ColumnType } from '../../../model/column';
import { checkStepExpressions, withRunStart, type CheckedExpressions } from '../check-step-expressions';
import { findColumn } from '../find-column';
import { selectWith, whileIn } from '../select-sql';
import { unbound, type BoundStep, type StepProblem, type StepScope } from '../step-scope';

/**
 * `rule: { when, set, else }`. Columns that are there keep their type, and where nothing is said their value; new ones take the
 * type of what they are set to, and null where nothing is said. All expressions see the columns before the step.
 */
export async function bindRule(step: RuleStep, scope: StepScope): Promise<BoundStep> {
  const { when, set, else: otherwise = {} } = step.rule;
  const names = [...new Set([...Object.keys(set), ...Object.keys(otherwise)])];
  const condition = await checkStepExpressions(scope, [{ path: 'rule.when', text: when, expects: 'boolean' }]);
  const values = names.flatMap((name) => [
    ...(name in set ? [{ name, path: `rule.set.${name}`, text: set[name] ?? '' }] : []),
    ...(name in otherwise ? [{ name, path: `rule.else.${name}`, text: otherwise[name] ?? '' }] : []),
  ]);
  const checked = await checkStepExpressions(scope, values);
  const problems = [...condition.problems, ...checked.problems];
  if (problems.length > 0 || scope.columns === null) return unbound(problems);
  const types = await typesOf(scope, names, values, checked);
  if (types.problems.length > 0) return unbound(types.problems);
  const { from, star } = withRunStart(scope.input, condition.readsRunStart || checked.readsRunStart);
  const assignments = names.map((name) => {
    const present = findColumn(scope.columns ?? [], name);
    const kept = present ? quoteIdentifier(present.name) : 'NULL';
    const valueOf = (texts: Record<string, string>): string => (name in texts ? `(${texts[name]})` : kept);
    const sql = whileIn(`CASE WHEN (${when}) THEN ${valueOf(set)} ELSE ${valueOf(otherwise)} END`);
    return { name, sql: `CAST(${sql} AS ${duckdbType(types.of.get(name) ?? 'string')})` };
  });
  return { problems: [], sql: selectWith(from, star, scope.columns, assignments) };
}

async function typesOf(
  scope: StepScope,
  names: readonly string[],
  values: readonly { readonly name: string; readonly path: string; readonly text: string }[],
  checked: CheckedExpressions,
): Promise<{ readonly of: ReadonlyMap<string, ColumnType>; readonly problems: readonly StepProblem[] }> {
  const of = new Map<string, ColumnType>();
  const problems: StepProblem[] = [];
  for (const name of names) {
    const present = findColumn(scope.columns ?? [], name);
    const mine = values
      .map((value, index) => ({ ...value, type: checked.types[index] }))
      .filter((value) => value.name === name);
    const texts = [...(present ? [quoteIdentifier(present.name)] : []), ...mine.map((value) => `(${value.text})`)];
    const together = await checkStepExpressions(scope, [
      { path: mine[0]?.path ?? 'rule', text: `coalesce(${texts.join(', ')}, NULL)` },
    ]);
    const type = present?.type ?? together.types[0] ?? 'string';
    problems.push(...together.problems);
    if (present && together.problems.length === 0 && together.types[0] !== present.type) {
      problems.push({
        path: mine[0]?.path ?? 'rule',
        code: 'expression-type',
        message: `'${present.name}' is a ${present.type}, and this would make it a ${together.types[0] ?? 'string'}`,
        value: mine[0]?.text ?? null,
        fix: `Cast the value: CAST(... AS ${duckdbType(present.type)}).`,
      });
    }
    of.set(name, type);
  }
  return { of, problems };
}
