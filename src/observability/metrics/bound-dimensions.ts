import { DIMENSION_LIMITS, type Dimension } from './metric-definition';

/** What values beyond the limit of their dimension are counted as. */
export const OTHER = 'other';
const LONGEST_VALUE = 100;

/**
 * Keeps the number of series bounded: of each dimension the first values up to its limit are let through, in this process, and all further ones
 * become `other`. Sums over a dimension stay right.
 */
export function createBounds(
  limits: Readonly<Record<Dimension, number>> = DIMENSION_LIMITS,
): (dimensions: Readonly<Partial<Record<Dimension, string>>>) => Record<string, string> {
  const known = new Map<string, Set<string>>();
  const bound = (dimension: Dimension, value: string): string => {
    const values = known.get(dimension) ?? new Set();
    known.set(dimension, values);
    const short = value.slice(0, LONGEST_VALUE);
    if (values.has(short)) return short;
    if (values.size >= limits[dimension]) return OTHER;
    values.add(short);
    return short;
  };
  return (dimensions) =>
    Object.fromEntries(
      Object.entries(dimensions).map(([dimension, value]) => [dimension, bound(dimension as Dimension, value)]),
    );
}
