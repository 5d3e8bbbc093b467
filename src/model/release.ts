import type { ArtifactRef } from './artifact';

/**
 * Quarantined rows that a review released: a run of their pipeline loads them as a partition of its own, in place of anything from
 * the source. The artifact holds the columns of the source (after edits), `_sluice_file` and `_sluice_row` of where they came from, and
 * `_sluice_waived BOOLEAN`: true for rows that were approved as they are, so that row checks are noted but no longer quarantine them.
 */
export interface Release {
  /** `rel-<hash>`; the same decisions give the same id, and a target takes each id once. */
  readonly id: string;
  readonly pipeline: string;
  /** The runs whose quarantine the rows come from. */
  readonly runs: readonly string[];
  readonly rows: number;
  readonly artifact: ArtifactRef;
  /** Index of the transform step at which the rows go in: 0 for rows as the source gave them, later for rows that a step made. */
  readonly entry: number;
}
