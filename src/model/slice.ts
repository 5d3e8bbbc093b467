import type { ArtifactRef } from './artifact';

/** One version of one source file. */
export interface FileVersion {
  /** Path inside the connection's root, e.g. `flights/flights-3m.parquet`. */
  readonly path: string;
  readonly etag: string;
  readonly bytes: number;
  /** ISO 8601, UTC. */
  readonly modifiedAt: string;
}

/** What a run takes from a source. Index in `files` is the value of `_sluice_file`. */
export type Slice =
  | { readonly kind: 'files'; readonly files: readonly FileVersion[] }
  | {
      readonly kind: 'range';
      readonly column: string;
      /** The least value taken, lag included; null takes all from the beginning. */
      readonly from: string | null;
      readonly to: string;
      /** Rows that the next run will meet again; known once the slice was read. */
      readonly seen?: ArtifactRef | null;
    }
  | { readonly kind: 'full' }
  /** Rows that a review released from quarantine: moves no watermark. */
  | { readonly kind: 'release'; readonly release: string; readonly runs: readonly string[] }
  /** Rows of a window that were taken again, from `from` on and below `to`: moves no watermark. */
  | {
      readonly kind: 'backfill';
      readonly backfill: string;
      readonly column: string;
      readonly from: string;
      readonly to: string;
    }
  /** Nothing was taken: load `of` was taken back. */
  | { readonly kind: 'undo'; readonly of: number };

/**
 * The unit of fan-out. `spec` belongs to the source kind that made it (JSON-safe) and is opaque to everybody else.
 */
export interface Partition {
  /** Zero-based position in the pipeline's plan; unique in the run. */
  readonly index: number;
  /** For people: `flights/flights-3m.parquet rows 1-375000`. */
  readonly label: string;
  readonly spec: unknown;
  readonly estimatedRows: number | null;
  readonly estimatedBytes: number | null;
}

/** How far a pipeline has loaded its source. Kept in the state store, mended from the target's ledger. */
export interface Watermark {
  readonly pipeline: string;
  /** The ledger id of the newest load that is included; 0 before the first. */
  readonly load: number;
  /** Files loaded, the newest version of each path; for `incremental: { by: file }`. */
  readonly files: readonly FileVersion[];
  /** The highest cursor value loaded; for `incremental: { by: column }`. */
  readonly value: string | null;
  /**
   * The rows within reach of the next run's lag, by hash, for `incremental: { by: column }`: they are there again and not
   * taken again. Column `hash`, one row for each.
   */
  readonly seen?: ArtifactRef | null;
  /** Hash of the pipeline definition that made the newest load; a `replace` is done again when it changes. */
  readonly definitionHash: string | null;
}
