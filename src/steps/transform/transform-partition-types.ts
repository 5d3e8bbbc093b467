import type { PipelineConfig } from '../../config/schema/pipeline';
import type { EngineSession } from '../../engine/engine-session';
import type { QuarantineReason } from '../../model/check-result';
import type { Column } from '../../model/column';
import type { Counts } from '../../model/counts';
import type { LookupCounts, RuleFigures } from '../../model/step-figures';
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
  /**
   * Index of the transform step at which the rows go in; 0 when absent. `inputColumns` are those before that step, and the casts of
   * `source.columns` are done only at 0.
   */
  readonly entry?: number;
  /** Whether `input` has the column `_sluice_waived`: true for rows that were approved as they are. */
  readonly hasWaivers?: boolean;
  /**
   * Where to write what mask steps hide of the quarantined rows (Parquet: `_sluice_file`, `_sluice_row` and the hidden columns as they
   * came), for a review that runs them through the pipeline again. Written only with the quarantine file, by pipelines that mask; not written
   * when absent.
   */
  readonly originalsFile?: string;
  /** Salts of mask steps by the name of their secret. They go into variables of the session and nowhere else. */
  readonly salts?: Readonly<Record<string, string>>;
  /** Where to write the rows that the last reshaping step made, for the validate step; not written when absent or there is none. */
  readonly reshapedFile?: string;
}

/** Quarantined rows that a reshaping step made, as it made them. */
export interface QuarantineAfter {
  /** Index of the transform step at which they would go in again: the one after the reshaping step. */
  readonly entry: number;
  /** Local Parquet file in the session's scratch folder. */
  readonly file: string;
  /** Local Parquet file of what mask steps hide of them; null when they hide nothing. */
  readonly originals: string | null;
  readonly rows: number;
  readonly reasons: readonly QuarantineReason[];
  /** Their user columns. */
  readonly columns: readonly Column[];
}

/** A check's figures in one partition; cross-partition checks are decided by the validate step. */
export interface PartialCheck {
  readonly name: string;
  readonly evaluated: number;
  readonly failures: number;
  /** Of the failures, those of rows that were approved as they are; absent when there are none. */
  readonly waived?: number;
}

/** What one partition's transformation did. `counts.read` includes the parse rejects; `counts.loaded` are the good rows. */
export interface TransformFacts {
  readonly counts: Counts;
  readonly columns: readonly Column[];
  readonly checks: readonly PartialCheck[];
  /** Figures over the good rows for checks on the slice, where those of all partitions can be put together. */
  readonly aggregates: AggregateValues;
  readonly reasons: readonly QuarantineReason[];
  /** What each lookup and each rule with a name found; in the order of the steps. */
  readonly lookups: readonly LookupCounts[];
  readonly rules: readonly RuleFigures[];
  /** Rows in the quarantine file; 0 means that no file was written. */
  readonly quarantinedRows: number;
  /** Whether the originals file was written. */
  readonly originals: boolean;
  /** Reasons of the rows in the quarantine file. */
  readonly quarantineReasons: readonly QuarantineReason[];
  /** Further quarantined rows, by the reshaping step that made them; in the order of the steps. */
  readonly quarantineAfter: readonly QuarantineAfter[];
  /** Whether a step made rows anew: then the reshaped file is there, where it was asked for. */
  readonly reshaped: boolean;
  /** Index of the transform step after the last reshaping one, or the request's: where rows that validation quarantines would go in again. */
  readonly entry: number;
  /** User columns before that step. */
  readonly entryColumns: readonly Column[];
  /** Rows in the contenders file; 0 means that no file was written. */
  readonly contenderRows: number;
}
