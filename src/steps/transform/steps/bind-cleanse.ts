import type { CleanseStep } from '../../../config/schema/transform';
import { quoteIdentifier } from '../../../engine/quote-identifier';
import { quoteLiteral } from '../../../engine/quote-literal';
import { PATTERN_FIX, patternFault } from '../../../engine/pattern-fault';
import { findColumn, missingColumns } from '../find-column';
import { selectWith } from '../select-sql';
import { unbound, type BoundStep, type StepProblem, type StepScope } from '../step-scope';

type Cleanse = CleanseStep['cleanse'];

/** White space as people see it: ASCII's, the no-break spaces and the byte order mark. */
const SPACES = ' \t\n\r\f\v\u00a0\u2007\u202f\ufeff';

/** `cleanse`: normalise, replace, collapse, trim, null tokens, case; in this order, on text columns. */
export async function bindCleanse(step: CleanseStep, scope: StepScope): Promise<BoundStep> {
  const { columns } = scope;
  const rule = step.cleanse;
  const problems = await replacementProblems(rule, scope);
  if (rule.columns !== '*') {
    problems.push(...missingColumns(columns, rule.columns, 'cleanse.columns'));
    if (problems.length === 0 && columns !== null) problems.push(...notText(rule.columns, scope));
  }
  if (problems.length > 0 || columns === null) return unbound(problems);
  const names =
    rule.columns === '*'
      ? columns.filter((column) => column.type === 'string').map((column) => column.name)
      : rule.columns;
  const assignments = names.map((name) => ({
    name,
    sql: cleanseSql(quoteIdentifier(findColumn(columns, name)?.name ?? name), rule),
  }));
  return { problems, sql: selectWith(scope.input, '*', columns, assignments) };
}

/** The SQL of a cleansed text. */
export function cleanseSql(column: string, rule: Cleanse): string {
  let sql = rule.unicode === 'NFC' ? `nfc_normalize(${column})` : column;
  for (const { pattern, with: replacement } of rule.replace) {
    sql = `regexp_replace(${sql}, ${quoteLiteral(pattern)}, ${quoteLiteral(replacement)}, 'g')`;
  }
  if (rule.collapseSpaces) sql = `regexp_replace(${sql}, ${quoteLiteral(`[${SPACES}]+`)}, ' ', 'g')`;
  if (rule.trim) sql = `trim(${sql}, ${quoteLiteral(SPACES)})`;
  if (rule.nullTokens.length > 0) {
    sql = rule.nullTokens.reduce((text, token) => `nullif(${text}, ${quoteLiteral(token)})`, sql);
  }
  if (rule.case !== 'keep') sql = `${rule.case}(${sql})`;
  return sql;
}

async function replacementProblems(rule: Cleanse, scope: StepScope): Promise<StepProblem[]> {
  const problems: StepProblem[] = [];
  for (const [index, { pattern }] of rule.replace.entries()) {
    const message = await patternFault(scope.session, pattern);
    if (message === null) continue;
    const path = `cleanse.replace[${index}].pattern`;
    problems.push({ path, code: 'invalid-pattern', message, value: pattern, fix: PATTERN_FIX });
  }
  return problems;
}

function notText(names: readonly string[], scope: StepScope): StepProblem[] {
  return names.flatMap((name, index) => {
    const type = findColumn(scope.columns ?? [], name)?.type ?? 'string';
    if (type === 'string') return [];
    return [
      {
        path: `cleanse.columns[${index}]`,
        code: 'not-a-text',
        message: `'${name}' is a ${type}, and only texts are cleansed`,
        value: name,
        fix: 'Cleanse before the cast.',
      },
    ];
  });
}
