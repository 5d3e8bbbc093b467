import type { SqlStep } from '../../../config/schema/transform';
import { checkQuery } from '../../../engine/check-query';
import { duckdbType } from '../../../engine/duckdb-type';
import { queryInParentheses } from '../../../engine/parse-query';
import { quoteIdentifier } from '../../../engine/quote-identifier';
import { INPUT } from '../../../engine/walk-query';
import { SYSTEM_COLUMNS, SYSTEM_PREFIX, type Column } from '../../../model/column';
import { NO_FILE } from '../hidden-columns';
import { unbound, type BoundReshape, type StepProblem, type StepScope } from '../step-scope';

/**
 * `sql: SELECT ... FROM input`: what the other steps cannot say. Its rows are numbered in the order of all their columns, so that the
 * same rows get the same numbers.
 */
export async function bindSql(step: SqlStep, scope: StepScope): Promise<BoundReshape> {
  const checked = await checkQuery(scope.session, step.sql, scope.columns);
  const problems: StepProblem[] = [
    ...checked.problems.map((problem) => ({ ...problem, path: 'sql', value: step.sql })),
    ...(checked.columns ?? []).flatMap(nameProblem),
  ];
  if (problems.length > 0 || scope.columns === null || checked.columns === null) {
    return { ...unbound(problems), reshape: 'sql' };
  }
  const names = checked.columns.map((column) => quoteIdentifier(column.name));
  const typed = checked.columns.map(
    (column, index) => `CAST(${names[index] ?? ''} AS ${duckdbType(column.type)}) AS ${names[index] ?? ''}`,
  );
  const input = scope.columns.map((column) => quoteIdentifier(column.name)).join(', ');
  const query = `WITH ${INPUT} AS (SELECT ${input} FROM ${scope.input})\nFROM ${queryInParentheses(step.sql)}`;
  const sql =
    `SELECT *, ${NO_FILE}::INTEGER AS ${SYSTEM_COLUMNS.file}, ` +
    `row_number() OVER (ORDER BY ${names.map((name) => `${name} NULLS LAST`).join(', ')}) AS ${SYSTEM_COLUMNS.row}\n` +
    `FROM (SELECT ${typed.join(', ')} FROM (${query}))`;
  return { problems, sql, reshape: 'sql' };
}

function nameProblem({ name }: Column): StepProblem[] {
  if (!name.toLowerCase().startsWith(SYSTEM_PREFIX)) return [];
  const message = `'${name}' begins with ${SYSTEM_PREFIX}, which is kept for Sluice`;
  return [
    { path: 'sql', code: 'duplicate-column', message, value: name, fix: 'Give the column another name with AS.' },
  ];
}
