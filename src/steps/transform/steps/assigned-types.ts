import { duckdbType } from '../../../engine/duckdb-type';
import { quoteIdentifier } from '../../../engine/quote-identifier';
import type { ColumnType } from '../../../model/column';
import { checkStepExpressions } from '../check-step-expressions';
import { findColumn } from '../find-column';
import type { StepProblem, StepScope } from '../step-scope';

/** An expression that a rule gives to a column, and where it stands in the step. */
export interface AssignedValue {
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

/**
 * The types of columns that rules set, by name: that of the column where there is one, else the one in which all its values fit. Finds the
 * values that would change the type of a column.
 */
export async function assignedTypes(
  scope: StepScope,
  names: readonly string[],
  values: readonly AssignedValue[],
): Promise<{ readonly of: ReadonlyMap<string, ColumnType>; readonly problems: readonly StepProblem[] }> {
  const of = new Map<string, ColumnType>();
  const problems: StepProblem[] = [];
  for (const name of names) {
    const mine = values.filter((value) => value.name === name);
    const present = findColumn(scope.columns ?? [], name);
    if (present) {
      of.set(name, present.type);
      for (const { path, text } of mine) problems.push(...(await misfits(scope, present, path, text)));
      continue;
    }
    const path = mine[0]?.path ?? 'rule';
    const together = await checkStepExpressions(scope, [
      { path, text: `coalesce(${mine.map(({ text }) => `(${text})`).join(', ')}, NULL)` },
    ]);
    problems.push(...together.problems);
    of.set(name, together.types[0] ?? 'string');
  }
  return { of, problems };
}

async function misfits(
  scope: StepScope,
  present: { readonly name: string; readonly type: ColumnType },
  path: string,
  text: string,
): Promise<readonly StepProblem[]> {
  const both = await checkStepExpressions(scope, [
    { path, text: `coalesce(${quoteIdentifier(present.name)}, (${text}), NULL)` },
  ]);
  const type = both.types[0] ?? 'string';
  if (both.problems.length > 0) return both.problems;
  if (type === present.type) {
    const cast = await checkStepExpressions(scope, [{ path, text: `CAST((${text}) AS ${duckdbType(type)})` }]);
    return cast.problems.filter(({ code }) => code === 'constant-cast').map((problem) => ({ ...problem, value: text }));
  }
  return [
    {
      path,
      code: 'expression-type',
      message: `'${present.name}' is a ${present.type}, and this would make it a ${type}`,
      value: text,
      fix: `Cast the value: CAST(... AS ${duckdbType(present.type)}).`,
    },
  ];
}
