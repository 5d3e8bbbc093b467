import { describeRelation } from '../../engine/describe-relation';
import { duckdbType } from '../../engine/duckdb-type';
import { quoteIdentifier } from '../../engine/quote-identifier';
import { EngineError } from '../../errors/engine-error';
import { SYSTEM_COLUMNS, SYSTEM_PREFIX, type Column } from '../../model/column';
import { chainName } from './chain-link';
import { RUN_STARTED_AT } from './check-step-expressions';
import { HIDDEN } from './hidden-columns';
import { referenceName } from './reference-name';
import type { StepProblem, StepScope } from './step-scope';

/** The user columns that a link's SQL gives, or why it cannot be bound. `index` is that of the relation it reads. */
export async function describeLink(
  scope: StepScope,
  index: number,
  sql: string,
): Promise<{ readonly columns: Column[] } | { readonly problem: Omit<StepProblem, 'path'> }> {
  const relations = [
    `${chainName(index)} AS (SELECT ${[...typedNulls(scope.columns ?? []), ...hiddenNulls(scope.reasons.words)].join(', ')})`,
    `sluice_given AS (SELECT NULL::TIMESTAMPTZ AS ${RUN_STARTED_AT.name})`,
    ...Object.entries(scope.references).flatMap(([name, theirs]) =>
      theirs === null ? [] : [`${referenceName(name)} AS (SELECT ${typedNulls(theirs).join(', ') || '1 AS nothing'})`],
    ),
  ];
  try {
    const described = await describeRelation(scope.session, `SELECT * FROM (WITH ${relations.join(', ')} ${sql})`);
    return { columns: described.filter((column) => !column.name.toLowerCase().startsWith(SYSTEM_PREFIX)) };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const fix = 'Look at the types of the columns that the step names.';
    return { problem: { code: 'step-not-possible', message: error.message, value: null, fix } };
  }
}

function typedNulls(columns: readonly Column[]): string[] {
  return columns.map((column) => `NULL::${duckdbType(column.type)} AS ${quoteIdentifier(column.name)}`);
}

function hiddenNulls(count: number): string[] {
  const words = Array.from({ length: count }, (_, word) => `0::BIGINT AS ${HIDDEN.failed(word)}`);
  return [
    `0::INTEGER AS ${SYSTEM_COLUMNS.file}`,
    `0::BIGINT AS ${SYSTEM_COLUMNS.row}`,
    `0::UTINYINT AS ${HIDDEN.out}`,
    `false AS ${HIDDEN.waived}`,
    ...words,
  ];
}
