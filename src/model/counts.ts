/**
 * The conservation ledger of a step, partition, pipeline or run, in rows:
 * `read + generated = loaded + filtered + deduplicated + quarantined + collapsed`.
 * Every figure is counted where the rows are, never worked out from the others.
 */
export interface Counts {
  readonly read: number;
  /** Rows that an `unnest` made beyond those it was given. */
  readonly generated: number;
  readonly filtered: number;
  readonly deduplicated: number;
  /** Rows that an `aggregate` folded into others. */
  readonly collapsed: number;
  readonly quarantined: number;
  /** Rows that go on: to the next step, or into the target at the end. */
  readonly loaded: number;
}

/** All zero. */
export const NO_ROWS: Counts = {
  read: 0,
  generated: 0,
  filtered: 0,
  deduplicated: 0,
  collapsed: 0,
  quarantined: 0,
  loaded: 0,
};

/** Adds counts of parallel parts, such as the partitions of one step. */
export function addCounts(parts: readonly Counts[]): Counts {
  const total = { ...NO_ROWS } as { -readonly [K in keyof Counts]: number };
  for (const part of parts) {
    for (const key of Object.keys(total) as (keyof Counts)[]) total[key] += part[key];
  }
  return total;
}

/** Rows that came in minus rows accounted for; 0 when the ledger balances. */
export function imbalance(counts: Counts): number {
  const { read, generated, loaded, filtered, deduplicated, quarantined, collapsed } = counts;
  return read + generated - (loaded + filtered + deduplicated + quarantined + collapsed);
}
