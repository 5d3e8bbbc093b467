import type { PipelineConfig } from '../../config/schema/pipeline';
import type { EngineSession } from '../../engine/engine-session';
import type { CheckResult, QuarantineReason } from '../../model/check-result';
import type { Column } from '../../model/column';
import type { Counts } from '../../model/counts';
import type { MetricValue } from '../../model/metric';
import type { AggregateValues } from '../dataset/aggregate';
import type { AnomalyHistory } from '../dataset/judge-anomaly-check';
import type { PartialCheck } from '../transform/transform-partition-types';

/** What the validate step needs of one transformed partition. */
export interface ValidatePartition {
  readonly partition: number;
  /** Local good file; may be null when `validationNeeds` does not ask for it. */
  readonly goodFile: string | null;
  /** Local contenders file; null when the partition wrote none. */
  readonly contendersFile: string | null;
  readonly counts: Counts;
  readonly checks: readonly PartialCheck[];
  /** Figures of the good rows; absent where the good files are given, and looked at. */
  readonly aggregates?: AggregateValues;
  readonly reasons: readonly QuarantineReason[];
}

export interface ValidateRequest {
  readonly pipeline: PipelineConfig;
  readonly partitions: readonly ValidatePartition[];
  readonly session: EngineSession;
  /** Columns after the transform, for checks on the slice; null when there is no partition. */
  readonly columns: readonly Column[] | null;
  /** ISO 8601, UTC. */
  readonly runStartedAt: string;
  /** What anomaly checks compare the run with. */
  readonly history: AnomalyHistory;
  /** Where to write the rows that leave (Parquet: partition, _sluice_file, _sluice_row, fate, reason). */
  readonly exclusionsFile: string;
  /** Where to write the rows that are quarantined here, in the shape of a partition's quarantine file. */
  readonly quarantineFile: string;
  /** Where to write what mask steps hide of them, in the shape of a partition's originals file; not written when absent. */
  readonly originalsFile?: string;
  /**
   * Brings a partition's extracted file near, so that quarantined rows keep their original values; asked only for partitions that
   * lose rows. Without it they are kept as they are after the transform.
   */
  readonly rawFile?: (partition: number) => Promise<string>;
  /** Transform step at which quarantined rows would go in again; the one after the last that makes rows anew when absent. */
  readonly entry?: number;
  /** Salts of mask steps by the name of their secret, for quarantined rows. */
  readonly salts?: Readonly<Record<string, string>>;
  /** Set when the slice is rows released from quarantine: they are not judged as a slice, and waived rows stay. */
  readonly release?: {
    /** Parquet file with the places of waived rows (`_sluice_file`, `_sluice_row`, `_sluice_waived`); null when the rows were made anew. */
    readonly waivedFile: string | null;
  };
}

/** The verdict over the whole slice, and what left it. */
export interface ValidateFacts {
  readonly verdict: 'passed' | 'failed';
  /** Why, when failed; names the checks with their figures. */
  readonly message: string;
  /** One for each check of the pipeline, in its order. */
  readonly checks: readonly CheckResult[];
  /** What the history keeps of the run once it is published. */
  readonly metrics: readonly MetricValue[];
  /** Reasons of all quarantined rows, the transform step's included. */
  readonly reasons: readonly QuarantineReason[];
  /** Counts of the pipeline after the exclusions; balanced. */
  readonly counts: Counts;
  /** Rows in the exclusions file; 0 means that no file was written. */
  readonly excludedRows: number;
  /** Rows in the quarantine file; 0 means that no file was written. */
  readonly quarantinedRows: number;
  /** Whether the originals file was written. */
  readonly originals: boolean;
  /** Reasons of the rows in the quarantine file alone. */
  readonly datasetReasons: readonly QuarantineReason[];
}

/** Which files the validate step of a pipeline has to look at. */
export interface ValidationNeeds {
  readonly goodFiles: boolean;
  /** Whether rows may leave here: a deduplication or a unique check decides over all partitions. */
  readonly exclusions: boolean;
  readonly contenders: boolean;
}
