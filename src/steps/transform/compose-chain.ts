import { duckdbType } from '../../engine/duckdb-type';
import { quoteIdentifier } from '../../engine/quote-identifier';
import { quoteLiteral } from '../../engine/quote-literal';
import { SYSTEM_COLUMNS, type Column } from '../../model/column';
import { chainName, type ChainLink } from './chain-link';
import { RUN_STARTED_AT } from './check-step-expressions';
import { HIDDEN } from './hidden-columns';
import { referenceName } from './reference-name';

/** A reference file with its columns. */
export interface ReferenceRelation {
  readonly pipeline: string;
  readonly file: string;
  readonly columns: readonly Column[];
}

export interface ChainRequest {
  /** SQL of the relation that the first link reads. */
  readonly start: string;
  /** Index of the first link in the pipeline. */
  readonly first: number;
  readonly links: readonly ChainLink[];
  /** What reads the relation after the last link; its input is named `chainName(first + links.length)`. */
  readonly end: string;
  readonly references: readonly ReferenceRelation[];
  /** ISO 8601, UTC. */
  readonly runStartedAt: string;
}

/**
 * One statement out of a chain of links. NOT MATERIALIZED matters: by default DuckDB would write each link out in full before it
 * starts the next.
 */
export function composeChain(request: ChainRequest): string {
  const { start, first, links, end, references, runStartedAt } = request;
  const relations = [
    ['sluice_given', `SELECT CAST(${quoteLiteral(runStartedAt)} AS TIMESTAMPTZ) AS ${RUN_STARTED_AT.name}`],
    ...references.map((reference) => [
      referenceName(reference.pipeline),
      `SELECT ${typedColumns(reference.columns).join(', ')} FROM read_parquet(${quoteLiteral(reference.file)})`,
    ]),
    [chainName(first), start],
    ...links.map((link, index) => [chainName(first + index + 1), link.sql]),
  ];
  return `WITH ${relations.map(([name, sql]) => `${name} AS NOT MATERIALIZED (${sql})`).join(', ')} ${end}`;
}

/**
 * The extracted rows as the chain's first relation: columns in their logical types, nothing wrong with any row yet. `hasWaivers` for a
 * file that says which rows are waived.
 */
export function inputSql(file: string, columns: readonly Column[], words: number, hasWaivers = false): string {
  const hidden = [
    SYSTEM_COLUMNS.file,
    SYSTEM_COLUMNS.row,
    `0::UTINYINT AS ${HIDDEN.out}`,
    hasWaivers ? `coalesce(${HIDDEN.waived}, false) AS ${HIDDEN.waived}` : `false AS ${HIDDEN.waived}`,
    ...Array.from({ length: words }, (_, word) => `0::BIGINT AS ${HIDDEN.failed(word)}`),
  ];
  return `SELECT ${[...typedColumns(columns), ...hidden].join(', ')} FROM read_parquet(${quoteLiteral(file)})`;
}

function typedColumns(columns: readonly Column[]): string[] {
  return columns.map((column) => {
    const name = quoteIdentifier(column.name);
    return `CAST(${name} AS ${duckdbType(column.type)}) AS ${name}`;
  });
}
