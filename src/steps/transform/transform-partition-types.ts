import type { PipelineConfig } from '../../config/schema/pipeline';
import type { EngineSession } from '../../engine/engine-session';
import type { QuarantineReason } from '../../model/check-result';
import type { Column } from '../../model/column';
import type { Counts } from '../../model/counts';
import type { AggregateValues } from '../dataset/aggregate';

/** A reference relation for lookups and relationships: a local Parquet file of another pipeline's published data. */
export interface ReferenceFile {
  readonly pipeline: string;
  readonly file: string;
}

export interface TransformRequest {
  readonly pipeline: PipelineConfig;
  /** Local Parquet file of the extract step: source columns plus `_sluice_file` and `_sluice_row`. */
  readonly input: string;
  /** Parse rejects of the extract step: Parquet with (_sluice_file, _sluice_row, reason, raw); null when there are none. */
  readonly rejects: string | null;
  readonly inputColumns: readonly Column[];
  readonly references: readonly ReferenceFile[];
  readonly parameters: Readonly<Record<string, string | number | boolean | null>>;
  /** ISO 8601, UTC: the value of `run_started_at` in expressions. */
  readonly runStartedAt: string;
  readonly session: EngineSession;
  /** Where to write the good rows and the quarantined ones (Parquet, zstd). */
  readonly goodFile: string;
  readonly quarantineFile: string;
  /**
   * Where to write the rows that stood the deduplicate step of this partition (Parquet). Other partitions may hold better ones: the
   * validate step decides. Written only by pipelines that deduplicate.
   */
  readonly contendersFile: string;
}

/** A check's figures in one partition; cross-partition checks are decided by the validate step. */
export interface PartialCheck {
  readonly name: string;
  readonly evaluated: number;
  readonly failures: number;
}

/** What one partition's transformation did. `counts.read` includes the parse rejects; `counts.loaded` are the good rows. */
export interface TransformFacts {
  readonly counts: Counts;
  readonly columns: readonly Column[];
  readonly checks: readonly PartialCheck[];
  /** Figures over the good rows for checks on the slice, where those of all partitions can be put together. */
  readonly aggregates: AggregateValues;
  readonly reasons: readonly QuarantineReason[];
  /** Rows in the quarantine file; 0 means that no file was written. */
  readonly quarantinedRows: number;
  /** Rows in the contenders file; 0 means that no file was written. */
  readonly contenderRows: number;
}
