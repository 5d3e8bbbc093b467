import type { AnomalyConfig } from '../../config/schema/check';
import { type AggregateValues, numberOf } from './aggregate';
import { KEYS } from './dataset-aggregates';

/** A count among the figures; 0 where nothing was counted. */
export function countOf(values: AggregateValues, key: string): number {
  return Number(values[key] ?? 0);
}

/**
 * Sum divided by count. Sums of doubles depend a little on the order of the rows: twelve digits of the mean are kept, so that
 * the same rows give the same mean however they are partitioned. Null over no values.
 */
export function meanOf(values: AggregateValues, column: string): number | null {
  const sum = values[KEYS.sum(column)] ?? values[KEYS.nearSum(column)] ?? null;
  const known = countOf(values, KEYS.known(column));
  return sum === null || known === 0 ? null : steady(numberOf(sum) / known);
}

/** A number with the twelve digits that do not depend on the order in which doubles were added. */
export function steady(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(12)) : value;
}

/** The value of an anomaly check's metric; null when there is none: no rows, or no values in the column. */
export function metricValue({ metric, column }: AnomalyConfig, values: AggregateValues): number | null {
  const rows = countOf(values, KEYS.rows);
  if (metric === 'rowCount' || column === undefined) return rows;
  if (metric === 'nullRate') return rows === 0 ? null : steady((rows - countOf(values, KEYS.known(column))) / rows);
  return metric === 'mean' ? meanOf(values, column) : countOf(values, KEYS.distinct(column));
}
