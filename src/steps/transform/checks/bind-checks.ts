import { duckdbType } from '../../../engine/duckdb-type';
import { PATTERN_FIX, patternFault } from '../../../engine/pattern-fault';
import { quoteIdentifier } from '../../../engine/quote-identifier';
import { EngineError } from '../../../errors/engine-error';
import type { Column } from '../../../model/column';
import { referenceIdOf } from '../../../model/reference-file';
import { datasetCheckProblems } from '../../dataset/dataset-check-problems';
import { checkStepExpressions, withRunStart } from '../check-step-expressions';
import { findColumn, missingColumn, missingColumns } from '../find-column';
import { setReasons, type Reason } from '../reason-registry';
import type { StepProblem, StepScope } from '../step-scope';
import { comparable } from '../steps/bind-lookup';
import { checkDefinitions, isDatasetCheck, isRowCheck, type CheckDefinition } from './check-definitions';
import { rowCheckCondition } from './row-check-condition';
import type { PipelineConfig } from '../../../config/schema/pipeline';

/** The checks of a pipeline, bound to the columns after the transform. Paths of problems are those of the whole YAML. */
export interface BoundChecks {
  readonly problems: readonly StepProblem[];
  /** One SELECT that gives every row the bits of the row checks it fails; null when it cannot be written. */
  readonly sql: string | null;
  /** The row checks with their bits, in the order written. */
  readonly rowChecks: readonly { readonly check: CheckDefinition; readonly reason: Reason }[];
}

/** All row checks become one SELECT, so that fifty cost one look at the rows. */
export async function bindChecks(pipeline: Pick<PipelineConfig, 'checks'>, scope: StepScope): Promise<BoundChecks> {
  const checks = checkDefinitions(pipeline);
  const problems: StepProblem[] = checks.flatMap((check) => [...shapeProblems(check), ...columnProblems(check, scope)]);
  let readsRunStart = false;
  for (const check of checks) {
    if (!('expression' in check.config)) continue;
    const expression = { path: `${check.path}.sql`, text: check.config.expression.sql, expects: 'boolean' as const };
    const checked = await checkStepExpressions(scope, [expression]);
    problems.push(...checked.problems);
    readsRunStart ||= checked.readsRunStart;
  }
  const { columns } = scope;
  if (problems.length > 0 || columns === null) return { problems, sql: null, rowChecks: [] };
  problems.push(...(await constantProblems(checks, columns, scope)));
  if (problems.length > 0) return { problems, sql: null, rowChecks: [] };
  if (
    checks.some(
      (check) => 'relationships' in check.config && !scope.references[referenceIdOf(check.config.relationships.to)],
    )
  ) {
    return { problems, sql: null, rowChecks: [] };
  }
  const rowChecks = checks
    .filter(isRowCheck)
    .map((check) => ({ check, reason: scope.reasons.add(check.name, check.severity) }));
  const failures = rowChecks.map(({ check, reason }) => ({
    reason,
    when: rowCheckCondition(check, columns) ?? 'false',
  }));
  failures.push(...nulBytes(scope, columns));
  const { from, star } = withRunStart(scope.input, readsRunStart);
  const replaced = setReasons(failures);
  return {
    problems,
    sql: `SELECT ${replaced.length > 0 ? `${star} REPLACE (\n  ${replaced.join(',\n  ')})` : star}\nFROM ${from}`,
    rowChecks,
  };
}

/** A NUL passes every reader, and no database stores it in a text: such rows would make the whole load fail at its end. */
function nulBytes(scope: StepScope, columns: readonly Column[]): { readonly reason: Reason; readonly when: string }[] {
  const texts = columns.filter((column) => column.type === 'string').map((column) => quoteIdentifier(column.name));
  if (texts.length === 0) return [];
  const when = texts.map((text) => `contains(${text}, chr(0))`).join(' OR ');
  return [{ reason: scope.reasons.add('nul-byte', 'quarantine'), when }];
}

/** Patterns, bounds and accepted values: tried on a row of nulls, because the engine looks at constants only when it runs. */
async function constantProblems(
  checks: readonly CheckDefinition[],
  columns: readonly Column[],
  scope: StepScope,
): Promise<StepProblem[]> {
  const problems: StepProblem[] = [];
  for (const check of checks) {
    const { config } = check;
    const found = findColumn(columns, check.columns[0] ?? '');
    if (!found || !('pattern' in config || 'range' in config || 'acceptedValues' in config)) continue;
    if ('pattern' in config) {
      const { regex } = config.pattern;
      const message = await patternFault(scope.session, regex);
      const path = `${check.path}.regex`;
      if (message !== null) problems.push({ path, code: 'invalid-pattern', message, value: regex, fix: PATTERN_FIX });
      continue;
    }
    try {
      const nulls = `SELECT NULL::${duckdbType(found.type)} AS ${quoteIdentifier(found.name)}`;
      await scope.session.rows(`SELECT ${rowCheckCondition(check, columns) ?? 'false'} AS fails FROM (${nulls})`);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      const message = `A bound or value of the check is no ${found.type}, as '${found.name}' is`;
      problems.push({
        path: check.path,
        code: 'types-differ',
        message,
        value: null,
        fix: 'Write it as the column holds it.',
      });
    }
  }
  return problems;
}

function shapeProblems(check: CheckDefinition): StepProblem[] {
  const { config, path } = check;
  const bounds =
    'range' in config
      ? config.range
      : 'length' in config
        ? config.length
        : 'rowCount' in config
          ? config.rowCount
          : null;
  if (bounds === null) return [];
  if (bounds.min === undefined && bounds.max === undefined) {
    return [
      { path, code: 'no-bounds', message: 'The check has neither min nor max', value: null, fix: 'Give at least one.' },
    ];
  }
  if (typeof bounds.min === 'number' && typeof bounds.max === 'number' && bounds.min > bounds.max) {
    const message = `min ${bounds.min} is above max ${bounds.max}: no value could pass`;
    return [{ path: `${path}.min`, code: 'no-bounds', message, value: String(bounds.min), fix: 'Exchange them.' }];
  }
  return [];
}

function columnProblems(check: CheckDefinition, scope: StepScope): StepProblem[] {
  const { columns } = scope;
  if (isDatasetCheck(check)) return datasetCheckProblems(check, columns);
  if (check.kind === 'notNull' || check.kind === 'unique') {
    return check.path.endsWith(']')
      ? one(missingColumn(columns, check.columns[0] ?? '', check.path))
      : missingColumns(columns, check.columns, check.path);
  }
  const name = check.columns[0];
  if (name === undefined) return [];
  const missing = one(missingColumn(columns, name, `${check.path}.column`));
  return missing.length > 0 || columns === null ? missing : typeProblems(check, name, scope);
}

function typeProblems(check: CheckDefinition, name: string, scope: StepScope): StepProblem[] {
  const type = findColumn(scope.columns ?? [], name)?.type ?? 'string';
  const problem = (message: string, fix: string): StepProblem[] => [
    { path: `${check.path}.column`, code: 'types-differ', message, value: name, fix },
  ];
  if ((check.kind === 'pattern' || check.kind === 'length') && type !== 'string') {
    return problem(`'${name}' is a ${type}, and ${check.kind} looks at texts`, 'Use range, or an expression.');
  }
  if (!('relationships' in check.config)) return [];
  const { field } = check.config.relationships;
  const to = referenceIdOf(check.config.relationships.to);
  const reference = scope.references[to] ?? null;
  const missing = one(missingColumn(reference, field, `${check.path}.field`));
  if (missing.length > 0 || reference === null) return missing;
  const theirs = findColumn(reference, field)?.type ?? 'string';
  return comparable(type, theirs)
    ? []
    : problem(`'${name}' is a ${type} and '${field}' of ${to} is a ${theirs}`, 'Cast the column in the transform.');
}

function one(problem: StepProblem | null): StepProblem[] {
  return problem === null ? [] : [problem];
}
