import { MOST_FIGURES, type LookupFigures, type RuleFigures } from '../../model/step-figures';

/** What one partition's lookups and rules found; absent in what older versions left. */
export interface PartitionFigures {
  readonly lookups?: readonly LookupFigures[];
  readonly rules?: readonly RuleFigures[];
}

/**
 * The figures of all partitions together, in the order of the steps; at most `MOST_FIGURES` of each kind, the first ones. A kind without any is
 * left out.
 */
export function sumFigures(partitions: readonly PartitionFigures[]): PartitionFigures {
  const lookups = summed(
    partitions.flatMap((partition) => partition.lookups ?? []),
    (one) => `${one.step} ${one.generation}`,
    (one, more) => ({
      ...one,
      rows: one.rows + more.rows,
      matched: one.matched + more.matched,
      missing: one.missing + more.missing,
      cacheHits: one.cacheHits + more.cacheHits,
      cacheMisses: one.cacheMisses + more.cacheMisses,
    }),
  );
  const rules = summed(
    partitions.flatMap((partition) => partition.rules ?? []),
    (one) => `${one.step} ${one.name}`,
    (one, more) => ({ ...one, rows: one.rows + more.rows }),
  );
  return { ...(lookups.length > 0 && { lookups }), ...(rules.length > 0 && { rules }) };
}

function summed<T extends { readonly step: number }>(
  figures: readonly T[],
  keyOf: (one: T) => string,
  add: (one: T, more: T) => T,
): T[] {
  const sums = new Map<string, T>();
  for (const one of figures) {
    const before = sums.get(keyOf(one));
    sums.set(keyOf(one), before === undefined ? one : add(before, one));
  }
  return [...sums.values()].sort((a, b) => a.step - b.step).slice(0, MOST_FIGURES);
}
