import { addDecimals, decimalText, exactDecimal } from '../../model/exact-decimal';

/**
 * How the values of partitions become the value of the slice: counts and exact sums add up, sums of doubles add up with their
 * errors kept, the newest is the greatest. `null`: the rows have to be looked at together.
 */
export type Merge = 'count' | 'exactSum' | 'nearSum' | 'greatest' | null;

/** One figure over good rows: an aggregate expression of SQL. */
export interface Aggregate {
  /** `known(amount)`, `sum(amount)`: checks that need the same figure share it. */
  readonly key: string;
  readonly sql: string;
  readonly merge: Merge;
}

/** Values by key, as text so that they stay exact; null over no values. JSON-safe. */
export type AggregateValues = Readonly<Record<string, string | null>>;

/** Puts the values of partitions together. Throws `RangeError` for one that is missing or cannot be merged. */
export function mergeAggregates(aggregates: readonly Aggregate[], parts: readonly AggregateValues[]): AggregateValues {
  return Object.fromEntries(
    aggregates.map(({ key, merge }) => {
      const values = parts.map((part) => figure(part, key)).filter((value) => value !== null);
      return [key, mergeValues(merge, values)];
    }),
  );
}

function figure(part: AggregateValues, key: string): string | null {
  const value = part[key];
  // Taken for null, a figure that nobody worked out would let a check pass.
  if (value === undefined) throw new RangeError(`The figure ${key} of a partition is missing`);
  return value;
}

function mergeValues(merge: Merge, values: readonly string[]): string | null {
  switch (merge) {
    case 'count':
      return String(values.reduce((sum, value) => sum + BigInt(value), 0n));
    case 'exactSum':
      return values.length === 0 ? null : decimalText(values.map(exactDecimal).reduce(addDecimals));
    case 'nearSum':
      return values.length === 0 ? null : String(nearSum(values.map(numberOf)));
    case 'greatest':
      return values.length === 0 ? null : String(Math.max(...values.map(Number)));
    case null:
      throw new RangeError('An aggregate that needs all rows together was asked for partition by partition');
  }
}

/** A double as the engine writes it: also `inf`, `nan` and `-nan`. */
export function numberOf(text: string): number {
  if (/^-?inf(inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return Number(text);
}

/** Neumaier's compensated sum, so that the number of partitions hardly shows. https://doi.org/10.1002/zamm.19740540106 */
function nearSum(values: readonly number[]): number {
  let sum = 0;
  let lost = 0;
  for (const value of values) {
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return Number.isFinite(sum) ? sum + lost : sum;
}
