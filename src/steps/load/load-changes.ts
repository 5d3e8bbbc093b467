/**
 * What a merge did, in rows; or an append that took out what earlier versions of its files had loaded. Every staged row is in exactly one of the five that begin the list:
 * `staged = inserted + updated + unchanged + marked + deduplicated`.
 */
export interface LoadChanges {
  readonly inserted: number;
  readonly updated: number;
  /** Rows that the table had just so; they were not written again. */
  readonly unchanged: number;
  /** Staged rows that say that their key is to be deleted. */
  readonly marked: number;
  /** Staged rows that gave way to another with the same key. */
  readonly deduplicated: number;
  /** Rows that were taken out of the table. */
  readonly deleted: number;
  /** Versions that ended with the load and stay in the table; of tables that keep all versions. */
  readonly closed?: number;
}

export const NO_CHANGES: LoadChanges = {
  inserted: 0,
  updated: 0,
  unchanged: 0,
  marked: 0,
  deduplicated: 0,
  deleted: 0,
};

/** The staged rows that the changes account for. */
export function accountedRows(changes: LoadChanges): number {
  const { inserted, updated, unchanged, marked, deduplicated } = changes;
  return inserted + updated + unchanged + marked + deduplicated;
}
