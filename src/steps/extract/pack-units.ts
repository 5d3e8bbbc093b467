/** The smallest thing that goes into a partition as a whole: a file, or a row group of one. */
export interface Unit<T> {
  readonly item: T;
  readonly bytes: number;
  /** Null where nobody knows before reading. */
  readonly rows: number | null;
}

export interface PackLimits {
  readonly targetRows?: number | undefined;
  readonly targetBytes?: number | undefined;
  readonly min: number;
  readonly max: number;
}

/** Bytes of a partition when the pipeline does not say: what an activity handles in seconds, and small files stay together. */
export const DEFAULT_TARGET_BYTES = 64 << 20;

/**
 * Packs units into partitions, in order and none torn apart: as full as the targets allow, then more or fewer so that there are at
 * least `min` (where there are so many units) and at most `max`.
 */
export function packUnits<T>(units: readonly Unit<T>[], limits: PackLimits): Unit<T>[][] {
  const byRows = limits.targetRows !== undefined && units.every((unit) => unit.rows !== null);
  const weigh = (unit: Unit<T>): number => Math.max(1, byRows ? (unit.rows ?? 0) : unit.bytes);
  const total = units.reduce((sum, unit) => sum + weigh(unit), 0);
  const least = Math.min(limits.min, units.length);
  let target = (byRows ? limits.targetRows : limits.targetBytes) ?? DEFAULT_TARGET_BYTES;
  if (byRows && limits.targetBytes !== undefined) {
    const bytes = units.reduce((sum, unit) => sum + unit.bytes, 0);
    target = Math.min(target, (limits.targetBytes * total) / Math.max(1, bytes));
  }
  let packed = fill(units, weigh, target);
  for (target = Math.min(target, total); packed.length < least; target *= 0.9) packed = fill(units, weigh, target);
  for (target = Math.max(target, total / limits.max); packed.length > limits.max; target *= 1.1) {
    packed = fill(units, weigh, target);
  }
  return packed;
}

function fill<T>(units: readonly Unit<T>[], weigh: (unit: Unit<T>) => number, target: number): Unit<T>[][] {
  const packed: Unit<T>[][] = [];
  let weight = 0;
  for (const unit of units) {
    const last = packed.at(-1);
    if (last !== undefined && weight + weigh(unit) <= target) {
      last.push(unit);
      weight += weigh(unit);
    } else {
      packed.push([unit]);
      weight = weigh(unit);
    }
  }
  return packed;
}
