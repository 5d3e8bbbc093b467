import type { CheckConfig } from '../../config/schema/check';
import { quoteIdentifier } from '../../engine/quote-identifier';
import { quoteLiteral } from '../../engine/quote-literal';
import type { Column, ColumnType } from '../../model/column';
import type { CheckDefinition } from '../transform/checks/check-definitions';
import { findColumn } from '../transform/find-column';
import type { Aggregate } from './aggregate';

/** Keys of the figures that checks are judged by. */
export const KEYS = {
  rows: 'rows',
  known: (column: string) => `known(${column})`,
  sum: (column: string) => `sum(${column})`,
  /** A sum that is not exact: of doubles. */
  nearSum: (column: string) => `nearSum(${column})`,
  distinct: (column: string) => `distinct(${column})`,
  quantile: (column: string, q: number) => `quantile(${column}, ${q})`,
  newest: (column: string, timeZone: string) => `newest(${column}, ${timeZone})`,
  later: (column: string, timeZone: string) => `later(${column}, ${timeZone})`,
  keyed: (columns: readonly string[]) => `keyed(${JSON.stringify(columns)})`,
  keys: (columns: readonly string[]) => `keys(${JSON.stringify(columns)})`,
} as const;

/** Sums of longer decimals could overflow the engine's 38 digits: ten digits are left for the number of rows. */
const MOST_EXACT_DIGITS = 28;

/**
 * The aggregates that the checks on the slice need, each once, so that one look at the rows is enough for all of them.
 * `runStartedAt` is ISO 8601, UTC.
 */
export function datasetAggregates(
  definitions: readonly CheckDefinition[],
  columns: readonly Column[],
  runStartedAt: string,
): Aggregate[] {
  const aggregates = definitions.flatMap(({ config }) => aggregatesOf(config, columns, runStartedAt));
  return [...new Map(aggregates.map((aggregate) => [aggregate.key, aggregate])).values()];
}

/** Whether a check needs all rows together: its figures of partitions cannot be put together. */
export function needsAllRows(config: CheckConfig): boolean {
  return (
    'quantile' in config ||
    'distinctCount' in config ||
    'duplicates' in config ||
    ('anomaly' in config && config.anomaly.metric === 'distinctCount')
  );
}

function aggregatesOf(config: CheckConfig, columns: readonly Column[], runStartedAt: string): Aggregate[] {
  if ('rowCount' in config) return [rows()];
  if ('freshness' in config) {
    const { column, timeZone } = config.freshness;
    return freshness(column, timeZone, typeOf(columns, column), runStartedAt);
  }
  if ('sum' in config) return [sum(config.sum.column, columns), known(config.sum.column)];
  if ('mean' in config) return [sum(config.mean.column, columns), known(config.mean.column)];
  if ('nullRate' in config) return [rows(), known(config.nullRate.column)];
  if ('distinctCount' in config) return [distinct(config.distinctCount.column), known(config.distinctCount.column)];
  if ('quantile' in config) {
    const { column, q } = config.quantile;
    const sql = `quantile_cont(CAST(${quoteIdentifier(column)} AS DOUBLE), ${q})`;
    return [{ key: KEYS.quantile(column, q), sql, merge: null }, known(column)];
  }
  if ('duplicates' in config) return duplicates(config.duplicates.columns);
  if (!('anomaly' in config)) return [];
  const { metric, column } = config.anomaly;
  if (metric === 'rowCount' || column === undefined) return [rows()];
  if (metric === 'nullRate') return [rows(), known(column)];
  return metric === 'mean' ? [sum(column, columns), known(column)] : [distinct(column), rows()];
}

function rows(): Aggregate {
  return { key: KEYS.rows, sql: 'count(*)', merge: 'count' };
}

function known(column: string): Aggregate {
  return { key: KEYS.known(column), sql: `count(${quoteIdentifier(column)})`, merge: 'count' };
}

function distinct(column: string): Aggregate {
  return { key: KEYS.distinct(column), sql: `count(DISTINCT ${quoteIdentifier(column)})`, merge: null };
}

function sum(column: string, columns: readonly Column[]): Aggregate {
  const value = quoteIdentifier(column);
  const type = typeOf(columns, column);
  const digits = Number(/^decimal\((\d+),/.exec(type)?.[1] ?? 0);
  return type === 'double' || digits > MOST_EXACT_DIGITS
    ? { key: KEYS.nearSum(column), sql: `fsum(CAST(${value} AS DOUBLE))`, merge: 'nearSum' }
    : { key: KEYS.sum(column), sql: `sum(${value})`, merge: 'exactSum' };
}

/** The newest value up to the start of the run, in milliseconds since 1970, and how many values lie after it. */
function freshness(column: string, timeZone: string, type: ColumnType, runStartedAt: string): Aggregate[] {
  const value = quoteIdentifier(column);
  const zone = quoteLiteral(timeZone);
  const start = `CAST(${quoteLiteral(runStartedAt)} AS TIMESTAMP WITH TIME ZONE)`;
  // Compared as local times: the zone is worked out once and not for every row.
  const local = `timezone(${zone}, ${start})`;
  const now = type === 'timestamptz' ? start : type === 'date' ? `CAST(${local} AS DATE)` : local;
  const newest = `max(${value}) FILTER (WHERE ${value} <= ${now} AND isfinite(${value}))`;
  const instant = type === 'timestamptz' ? newest : `timezone(${zone}, CAST(${newest} AS TIMESTAMP))`;
  return [
    { key: KEYS.newest(column, timeZone), sql: `epoch_ms(${instant})`, merge: 'greatest' },
    { key: KEYS.later(column, timeZone), sql: `count(*) FILTER (WHERE ${value} > ${now})`, merge: 'count' },
  ];
}

/** Rows whose key has no null, and how many different keys they have. */
function duplicates(columns: readonly string[]): Aggregate[] {
  const names = columns.map(quoteIdentifier);
  const whole = names.map((name) => `${name} IS NOT NULL`).join(' AND ');
  const key = names.length === 1 ? (names[0] ?? '') : `(${names.join(', ')})`;
  return [
    rows(),
    { key: KEYS.keyed(columns), sql: `count(*) FILTER (WHERE ${whole})`, merge: 'count' },
    { key: KEYS.keys(columns), sql: `count(DISTINCT ${key}) FILTER (WHERE ${whole})`, merge: null },
  ];
}

function typeOf(columns: readonly Column[], name: string): ColumnType {
  return findColumn(columns, name)?.type ?? 'string';
}
