import type { AggregateStep } from '../../../config/schema/transform';
import { checkExpression } from '../../../engine/check-expression';
import { duckdbType } from '../../../engine/duckdb-type';
import { quoteIdentifier } from '../../../engine/quote-identifier';
import { SYSTEM_COLUMNS, SYSTEM_PREFIX, type Column, type ColumnType } from '../../../model/column';
import { RUN_STARTED_AT, withRunStart } from '../check-step-expressions';
import { findColumn, missingColumns } from '../find-column';
import { NO_FILE, RESHAPE_COUNT } from '../hidden-columns';
import { unbound, type BoundReshape, type StepProblem, type StepScope } from '../step-scope';

/**
 * `aggregate: { groupBy: [day], measures: { flights: count(*) } }`: one row for each group, nulls being equal to each other. No rows make
 * no group. New rows are numbered in the order of their groups.
 */
export async function bindAggregate(step: AggregateStep, scope: StepScope): Promise<BoundReshape> {
  const { groupBy, measures } = step.aggregate;
  const problems = [
    ...missingColumns(scope.columns, groupBy, 'aggregate.groupBy'),
    ...Object.keys(measures).flatMap((name) => nameProblem(name, groupBy)),
  ];
  if (groupBy.length + Object.keys(measures).length === 0) {
    const message = 'The step has neither groups nor measures';
    problems.push({ path: 'aggregate', code: 'aggregate-empty', message, value: null, fix: 'Name at least one.' });
  }
  const checked = await checkMeasures(measures, problems.length > 0 ? [] : groupBy, scope);
  problems.push(...checked.problems);
  if (problems.length > 0 || scope.columns === null) return { ...unbound(problems), reshape: 'aggregate' };
  return { problems, sql: aggregateSql(step, scope.columns, scope.input, checked), reshape: 'aggregate' };
}

interface CheckedMeasures {
  readonly problems: readonly StepProblem[];
  readonly types: readonly ColumnType[];
  readonly readsRunStart: boolean;
}

async function checkMeasures(
  measures: Readonly<Record<string, string>>,
  groupBy: readonly string[],
  { columns, session }: StepScope,
): Promise<CheckedMeasures> {
  const problems: StepProblem[] = [];
  const types: ColumnType[] = [];
  const isHidden = columns !== null && findColumn(columns, RUN_STARTED_AT.name) !== undefined;
  let readsRunStart = false;
  for (const [name, text] of Object.entries(measures)) {
    const check = await checkExpression(session, text, {
      columns,
      extraNames: [RUN_STARTED_AT],
      groupBy: isHidden ? groupBy : [...groupBy, RUN_STARTED_AT.name],
    });
    const path = `aggregate.measures.${name}`;
    problems.push(...check.problems.map((problem) => ({ ...problem, path, value: text })));
    types.push(check.type ?? 'string');
    readsRunStart ||= !isHidden && check.reads.some((read) => read.toLowerCase() === RUN_STARTED_AT.name);
  }
  return { problems, types, readsRunStart };
}

function aggregateSql(
  { aggregate: { groupBy, measures } }: AggregateStep,
  columns: readonly Column[],
  input: string,
  { types, readsRunStart }: CheckedMeasures,
): string {
  const groups = groupBy.map((name) => quoteIdentifier(findColumn(columns, name)?.name ?? name));
  const folded = Object.values(measures).map(
    (text, index) => `CAST((${text}) AS ${duckdbType(types[index] ?? 'string')}) AS ${measured(index)}`,
  );
  const keys = [...groups, ...(readsRunStart ? [RUN_STARTED_AT.name] : [])];
  const inner =
    `SELECT ${[...groups, ...folded, `count(*) AS ${RESHAPE_COUNT}`].join(',\n  ')}\n` +
    `FROM ${withRunStart(input, readsRunStart).from}` +
    (keys.length > 0 ? `\nGROUP BY ${keys.join(', ')}` : '\nHAVING count(*) > 0');
  const order = groups.length > 0 ? `ORDER BY ${groups.map((group) => `${group} NULLS LAST`).join(', ')}` : '';
  const outer = [
    ...groups,
    ...Object.keys(measures).map((name, index) => `${measured(index)} AS ${quoteIdentifier(name)}`),
    `${NO_FILE}::INTEGER AS ${SYSTEM_COLUMNS.file}`,
    `row_number() OVER (${order}) AS ${SYSTEM_COLUMNS.row}`,
    RESHAPE_COUNT,
  ];
  return `SELECT ${outer.join(', ')}\nFROM (${inner})`;
}

function measured(index: number): string {
  return `${SYSTEM_PREFIX}measure_${index}`;
}

function nameProblem(name: string, groupBy: readonly string[]): StepProblem[] {
  if (!groupBy.some((group) => group.toLowerCase() === name.toLowerCase())) return [];
  const message = `'${name}' is a column of groupBy`;
  const path = `aggregate.measures.${name}`;
  return [{ path, code: 'duplicate-column', message, value: name, fix: 'Give the measure another name.' }];
}
