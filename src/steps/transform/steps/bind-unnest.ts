import type { UnnestStep } from '../../../config/schema/transform';
import { quoteIdentifier } from '../../../engine/quote-identifier';
import { quoteLiteral } from '../../../engine/quote-literal';
import { EngineError } from '../../../errors/engine-error';
import { SYSTEM_COLUMNS, SYSTEM_PREFIX, type Column } from '../../../model/column';
import { findColumn, missingColumn } from '../find-column';
import { HIDDEN, OUT, RESHAPE_COUNT } from '../hidden-columns';
import { setReasons } from '../reason-registry';
import { unbound, type BoundReshape, type BoundStep, type StepProblem, type StepScope } from '../step-scope';

/** Bits of `_sluice_row` that number the rows made of one. */
const PLACE_BITS = 20;

/** The most elements of one list. */
export const MOST_ELEMENTS = 2 ** PLACE_BITS - 1;

const ELEMENT = `${SYSTEM_PREFIX}element`;

/**
 * Marks the rows that an unnest step cannot take: what is no list is quarantined, a list that is too long ends the run, and rows
 * without elements are filtered where the step says so.
 */
export function markUnnest(step: UnnestStep, scope: StepScope): BoundStep {
  const { column: name, keepEmpty } = step.unnest;
  const column = findColumn(scope.columns ?? [], name);
  if (column === undefined || !isNested(column)) return unbound([]);
  const list = listOf(column);
  const isNoList = `${quoteIdentifier(column.name)} IS NOT NULL AND coalesce(json_type(${list}) NOT IN ('ARRAY', 'NULL'), true)`;
  const noList = scope.reasons.add(`unnest(${column.name})`, 'quarantine');
  const tooLong = scope.reasons.add(tooLongReason(column.name), 'stop');
  const replaced = [
    ...setReasons([
      { reason: noList, when: isNoList },
      { reason: tooLong, when: `coalesce(json_array_length(${list}) > ${MOST_ELEMENTS}, false)` },
    ]),
    `CASE WHEN ${HIDDEN.out} <> 0 THEN ${HIDDEN.out} WHEN ${isNoList} THEN ${OUT.failedStep} ` +
      (keepEmpty ? '' : `WHEN coalesce(json_array_length(${list}), 0) = 0 THEN ${OUT.filtered} `) +
      `ELSE ${HIDDEN.out} END AS ${HIDDEN.out}`,
  ];
  return { problems: [], sql: `SELECT * REPLACE (\n  ${replaced.join(',\n  ')})\nFROM ${scope.input}` };
}

/** The reason of rows whose list has more elements than a row may have children. */
export function tooLongReason(column: string): string {
  return `unnest(${column}) beyond ${MOST_ELEMENTS}`;
}

/**
 * `unnest: { column: items, fields: { sku: sku } }`: a row for each element of a list. The rows made of one row are numbered by its
 * place and theirs, so that partitions need not know of each other; after another reshaping step all are numbered anew.
 */
export async function bindUnnest(step: UnnestStep, scope: StepScope): Promise<BoundReshape> {
  const { columns } = scope;
  const { column: name, fields = {} } = step.unnest;
  const problems = [
    ...one(missingColumn(columns, name, 'unnest.column')),
    ...(columns === null ? [] : [...typeProblem(step, columns), ...nameProblems(step, columns)]),
  ];
  for (const [field, path] of Object.entries(fields)) problems.push(...(await pathProblem(field, path, scope)));
  const column = findColumn(columns ?? [], name);
  if (problems.length > 0 || columns === null || column === undefined) {
    return { ...unbound(problems), reshape: 'unnest' };
  }
  return { problems, sql: unnestSql(step, column, columns, scope), reshape: 'unnest' };
}

function unnestSql({ unnest }: UnnestStep, column: Column, columns: readonly Column[], scope: StepScope): string {
  const { as, fields, ordinal } = unnest;
  const { file, row } = SYSTEM_COLUMNS;
  const element = as ?? (fields === undefined ? column.name : null);
  const stays = element !== null && element.toLowerCase() === column.name.toLowerCase();
  const list = listOf(column);
  const length = `json_array_length(${list})`;
  const made = [
    ...(element !== null && !stays ? [`${ELEMENT} AS ${quoteIdentifier(element)}`] : []),
    ...Object.entries(fields ?? {}).map(
      ([name, path]) => `json_extract_string(${ELEMENT}, ${quoteLiteral(jsonPath(path))}) AS ${quoteIdentifier(name)}`,
    ),
    ...(ordinal === undefined
      ? []
      : [`CASE WHEN ${RESHAPE_COUNT} > 0 THEN CAST(${RESHAPE_COUNT} AS INTEGER) END AS ${quoteIdentifier(ordinal)}`]),
  ];
  const kept = columns.flatMap((other) => {
    if (other !== column) return [quoteIdentifier(other.name)];
    return stays ? [`${ELEMENT} AS ${quoteIdentifier(element)}`] : [];
  });
  const place = scope.reshaped
    ? `row_number() OVER (PARTITION BY ${file} ORDER BY ${row}, ${RESHAPE_COUNT})`
    : `${row} * ${2 ** PLACE_BITS} + ${RESHAPE_COUNT}`;
  return (
    `SELECT ${[...kept, ...made, file, `${place} AS ${row}`, RESHAPE_COUNT].join(', ')}\n` +
    `FROM (SELECT *,\n` +
    `  unnest(CASE WHEN ${length} > 0 THEN CAST(${list} AS JSON[]) ELSE [NULL::JSON] END) AS ${ELEMENT},\n` +
    `  unnest(CASE WHEN ${length} > 0 THEN range(1, CAST(${length} AS BIGINT) + 1) ELSE [0] END) AS ${RESHAPE_COUNT}\n` +
    `FROM ${scope.input})`
  );
}

/** The column as JSON; null where a text is none. */
function listOf(column: Column): string {
  const name = quoteIdentifier(column.name);
  return column.type === 'json' ? name : `TRY_CAST(${name} AS JSON)`;
}

/** `sku` is a key of the element, `$.price.amount` a path from it. */
function jsonPath(path: string): string {
  return path.startsWith('$') ? path : `$."${path.replace(/["\\]/g, '\\$&')}"`;
}

function isNested({ type }: Column): boolean {
  return type === 'json' || type === 'string';
}

function typeProblem({ unnest }: UnnestStep, columns: readonly Column[]): StepProblem[] {
  const column = findColumn(columns, unnest.column);
  if (column === undefined || isNested(column)) return [];
  const message = `'${column.name}' is a ${column.type}, and unnest takes a list, or JSON`;
  const fix = 'Name a column that holds a list.';
  return [{ path: 'unnest.column', code: 'types-differ', message, value: column.name, fix }];
}

function nameProblems({ unnest }: UnnestStep, columns: readonly Column[]): StepProblem[] {
  const { column, as, fields = {}, ordinal } = unnest;
  const names = [
    ...(as === undefined ? [] : [{ name: as, path: 'unnest.as' }]),
    ...Object.keys(fields).map((name) => ({ name, path: `unnest.fields.${name}` })),
    ...(ordinal === undefined ? [] : [{ name: ordinal, path: 'unnest.ordinal' }]),
  ];
  const seen = new Set(columns.map((other) => other.name.toLowerCase()));
  const isReplaced = as === undefined && unnest.fields === undefined;
  if (!isReplaced) seen.delete(column.toLowerCase());
  return names.flatMap(({ name, path }) => {
    const isTaken = seen.has(name.toLowerCase());
    seen.add(name.toLowerCase());
    if (!isTaken) return [];
    const message = `There is a column '${name}' already`;
    return [{ path, code: 'duplicate-column', message, value: name, fix: 'Choose another name.' }];
  });
}

/** A path is tried on an empty element: the engine looks at it only when it runs. */
async function pathProblem(field: string, path: string, { session }: StepScope): Promise<StepProblem[]> {
  const problem = (message: string): StepProblem[] => [
    {
      path: `unnest.fields.${field}`,
      code: 'invalid-path',
      message,
      value: path,
      fix: 'Write a key, or a path such as $.price.amount or $.tags[0]; $ is the element itself.',
    },
  ];
  if (path.startsWith('$') && /\*|\.\./.test(path)) return problem(`'${path}' would take many values at once`);
  try {
    await session.rows(`SELECT json_extract_string('{}'::JSON, ${quoteLiteral(jsonPath(path))}) AS found`);
    return [];
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return problem(`'${path}' is no path into JSON`);
  }
}

function one(problem: StepProblem | null): StepProblem[] {
  return problem === null ? [] : [problem];
}
