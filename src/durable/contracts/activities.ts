import type { EndUndoInput, UndoLoadInput, UndonePipeline } from './undo';
import type { ArtifactRef, BlobRef } from '../../model/artifact';
import type { CheckResult, QuarantineReason, VerificationResult } from '../../model/check-result';
import type { Counts } from '../../model/counts';
import type { Failure } from '../../model/failure';
import type { LookupFigures, RuleFigures } from '../../model/step-figures';
import type { Status, Step } from '../../model/status';
import type { RelationFacts } from '../../steps/load/target';
import type { AggregateValues } from '../../steps/dataset/aggregate';
import type { PartialCheck } from '../../steps/transform/transform-partition-types';
import type { SettleApprovalInput, SettledApproval } from './approval';
import type { EndBackfillInput, StartedWindows, StartWindowsInput } from './backfill';
import type {
  ActOnAlertsInput,
  AlertGroupInput,
  AlertGroupStanding,
  ChannelFailedInput,
  CloseAlertGroupInput,
  SendAlertInput,
  SendAlertResult,
} from './escalation';
import type { MonitoringInput, MonitoringReport } from './monitoring';
import type { ACTIVITIES } from './names';
import type { CloseReviewInput, ReviewStep, ReviewStepInput, SettleResult } from './review';
import type { PolicyReport } from '../../model/retention';
import type { PipelineScope, RunScope } from './scope';
import type { RunWindow, WindowState } from '../../model/run-window';

/** Partitions that one window fans out over; no orchestrator schedules more by itself. */
export const WINDOW_SIZE = 64;

/** The steps that fan out over partitions. */
export type FanOutStep = 'extract' | 'transform' | 'stage';

/** Result of planning: history holds counts and references only; the partitions stand in the `pipelinePlan` blob. */
export type PlanResult =
  | {
      readonly outcome: 'planned';
      /** `PipelinePlan` as JSON. */
      readonly pipelinePlan: BlobRef;
      readonly partitions: number;
      /** Pipelines and files that the transform reads. */
      readonly references: number;
      readonly notes: readonly string[];
      readonly sliceLabel: string;
    }
  | { readonly outcome: 'up-to-date'; readonly reason: string; readonly notes: readonly string[] }
  /** Somebody paused the pipeline: it is skipped. */
  | { readonly outcome: 'paused'; readonly reason: string; readonly notes: readonly string[] };

/** A published relation of another pipeline, or the rows of a reference file, as a Parquet artifact of the run. */
export interface ReferenceRef {
  /** The pipeline, or `file:<path>`. */
  readonly pipeline: string;
  /** The load it was taken at; 0 for a file. */
  readonly load: number;
  readonly artifact: ArtifactRef;
}

export interface PartitionInput extends PipelineScope {
  readonly pipelinePlan: BlobRef;
  readonly partition: number;
}

/** What an extracted partition left: the raw rows, and lines that could not be parsed. */
export interface ExtractResult {
  readonly partition: number;
  readonly artifact: ArtifactRef;
  readonly rejects: ArtifactRef | null;
  /** Raw rows plus rejects: what the source held. */
  readonly read: number;
  /** Hashes of rows that the next run will meet again, for a slice by column. */
  readonly seen?: ArtifactRef;
}

export interface TransformInput extends PartitionInput {
  /** Manifest of the extract window in which the partition stands. */
  readonly manifest: BlobRef;
  readonly references: readonly ReferenceRef[];
}

export interface TransformResult {
  readonly partition: number;
  readonly artifact: ArtifactRef;
  /**
   * The extracted rows that it was made from: quarantined rows keep their original values. Of a pipeline with steps that make rows anew,
   * what the last of them made.
   */
  readonly raw?: ArtifactRef;
  readonly quarantine: ArtifactRef | null;
  /** What mask steps hide of the rows in `quarantine`; absent when they hide nothing. */
  readonly originals?: ArtifactRef;
  /** Index of the transform step at which the rows of `quarantine` would go in again; 0 when absent. */
  readonly quarantineEntry?: number;
  /** Reasons of the rows in `quarantine`, where they are not all reasons. */
  readonly quarantineReasons?: readonly QuarantineReason[];
  /** Quarantined rows that a step made, as it made them; absent when there are none. */
  readonly quarantineAfter?: readonly QuarantinedAfter[];
  /** Rows that stood the partition's deduplicate step, for the validate step; null or absent when there are none. */
  readonly contenders?: ArtifactRef | null;
  readonly counts: Counts;
  readonly checks: readonly PartialCheck[];
  /** Figures of the good rows for checks on the slice; absent in what older versions left. */
  readonly aggregates?: AggregateValues;
  readonly reasons: readonly QuarantineReason[];
  /** What lookups, and rules with a name, found; absent when there are none. */
  readonly lookups?: readonly LookupFigures[];
  readonly rules?: readonly RuleFigures[];
  /** As extraction gave it. */
  readonly seen?: ArtifactRef;
}

/** Quarantined rows that a step made anew. */
export interface QuarantinedAfter {
  /** Index of the transform step at which they would go in again. */
  readonly entry: number;
  readonly artifact: ArtifactRef;
  /** What mask steps hide of them; absent when they hide nothing. */
  readonly originals?: ArtifactRef;
  readonly reasons: readonly QuarantineReason[];
}

export interface StageInput extends PartitionInput {
  /** Manifest of the transform window in which the partition stands. */
  readonly manifest: BlobRef;
  /** Rows that validation took out (Parquet: partition, _sluice_file, _sluice_row, fate, reason); null when none. */
  readonly exclusions: ArtifactRef | null;
}

export interface StageResult {
  readonly partition: number;
  readonly facts: RelationFacts;
  /** As extraction gave it. */
  readonly seen?: ArtifactRef;
}

/** What any fan-out activity gives for its partition. */
export type PartitionResult = ExtractResult | TransformResult | StageResult;

/** The partition results of one window, sealed as a blob: what travels on is this reference and the totals. */
export interface WindowManifest<Result> {
  readonly step: FanOutStep;
  readonly window: number;
  readonly results: readonly Result[];
}

export interface SealInput extends PipelineScope {
  readonly step: FanOutStep;
  readonly window: number;
  readonly results: readonly PartitionResult[];
}

/** Totals of a sealed window. */
export interface SealedWindow {
  readonly window: number;
  readonly manifest: BlobRef;
  readonly partitions: number;
  readonly rows: number;
  readonly bytes: number;
  readonly counts: Counts;
}

export interface ValidateInput extends PipelineScope {
  readonly pipelinePlan: BlobRef;
  readonly windows: readonly SealedWindow[];
  readonly references: readonly ReferenceRef[];
}

/** The verdict over the whole slice. A failed verdict is an ok result: the orchestrator turns it into a business failure. */
export interface ValidateResult {
  readonly verdict: 'passed' | 'failed';
  readonly message: string;
  readonly checks: readonly CheckResult[];
  readonly reasons: readonly QuarantineReason[];
  /** What lookups, and rules with a name, found; at most 50 of each, absent when there are none. */
  readonly lookups?: readonly LookupFigures[];
  readonly rules?: readonly RuleFigures[];
  readonly exclusions: ArtifactRef | null;
  /** Rows that validation quarantined, in the same shape as a partition's; null or absent when there are none. */
  readonly quarantine?: ArtifactRef | null;
  /** Counts of the pipeline after the exclusions; `loaded` is what staging must find. */
  readonly counts: Counts;
}

export interface PublishInput extends PipelineScope {
  readonly pipelinePlan: BlobRef;
  /** Sealed stage windows. */
  readonly windows: readonly SealedWindow[];
  readonly counts: Counts;
}

export interface PublishOutcome {
  readonly load: number;
  readonly rows: number;
  readonly verifications: readonly VerificationResult[];
  readonly alreadyPublished: boolean;
}

/** What can happen to a run. */
export type RunPhase =
  | { readonly phase: 'run-started' }
  /** Something other than the data keeps it waiting; `reason` is for people. */
  | { readonly phase: 'pipeline-waiting'; readonly pipeline: string; readonly reason: string }
  | { readonly phase: 'pipeline-started'; readonly pipeline: string }
  | { readonly phase: 'pipeline-ended'; readonly pipeline: string; readonly result: PipelineResult }
  | { readonly phase: 'run-ended'; readonly status: Status; readonly failure: Failure | null };

/** What the run record is told; each phase is an idempotent upsert. */
export type RecordRunInput = RunScope & RunPhase;

/** What the pipeline orchestration returns and the run record shows. */
export interface PipelineResult {
  readonly pipeline: string;
  readonly status: Status;
  /** Why it was skipped, had nothing to do, or failed; for people. */
  readonly reason: string | null;
  readonly counts: Counts;
  readonly balanced: boolean;
  readonly partitions: number;
  readonly sliceLabel: string | null;
  readonly steps: readonly StepTiming[];
  readonly checks: readonly CheckResult[];
  readonly reasons: readonly QuarantineReason[];
  /** What lookups, and rules with a name, found; at most 50 of each, absent when there are none. */
  readonly lookups?: readonly LookupFigures[];
  readonly rules?: readonly RuleFigures[];
  readonly verifications: readonly VerificationResult[];
  readonly load: number | null;
  readonly notes: readonly string[];
  readonly failure: Failure | null;
}

/** Times on the orchestration's clock, ISO 8601, UTC. */
export interface StepTiming {
  readonly step: Step;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly rows: number;
  readonly bytes: number;
  /** Activity attempts beyond the first, over all partitions. */
  readonly retries: number;
}

type Names = typeof ACTIVITIES;

/** Input and result of every activity, by name: the typed table behind `callActivity`. Every result travels as an `Outcome`. */
export type ActivityTable = {
  [K in Names['recordRun']]: { input: RecordRunInput; result: null };
} & {
  [K in Names['planPipeline']]: { input: PipelineScope; result: PlanResult };
} & {
  [K in Names['snapshotReferences']]: {
    input: PipelineScope & { readonly pipelinePlan: BlobRef };
    result: readonly ReferenceRef[];
  };
} & {
  [K in Names['extractPartition']]: { input: PartitionInput; result: ExtractResult };
} & {
  [K in Names['transformPartition']]: { input: TransformInput; result: TransformResult };
} & {
  [K in Names['validatePipeline']]: { input: ValidateInput; result: ValidateResult };
} & {
  [K in Names['stagePartition']]: { input: StageInput; result: StageResult };
} & {
  [K in Names['sealStep']]: { input: SealInput; result: SealedWindow };
} & {
  [K in Names['publish']]: { input: PublishInput; result: PublishOutcome };
} & {
  [K in Names['advanceWatermark']]: {
    input: PipelineScope & { readonly pipelinePlan: BlobRef; readonly load: number };
    result: null;
  };
} & {
  [K in Names['discardStaging']]: { input: PipelineScope; result: null };
} & {
  [K in Names['reviewBatch']]: { input: ReviewStepInput; result: ReviewStep };
} & {
  [K in Names['settleRelease']]: { input: ReviewStepInput; result: SettleResult };
} & {
  [K in Names['remindReview']]: { input: ReviewStepInput; result: null };
} & {
  [K in Names['closeReview']]: { input: CloseReviewInput; result: null };
} & {
  /** For orchestrations that wait: fails with `run-cancelled` once the intent is there. */
  [K in Names['checkCancel']]: { input: PipelineScope; result: null };
} & {
  [K in Names['checkRunWindow']]: {
    /** `now`: the orchestration's clock, milliseconds since 1970. */
    input: PipelineScope & { readonly window: RunWindow; readonly now: number };
    result: WindowState;
  };
} & {
  [K in Names['startBackfillWindows']]: { input: StartWindowsInput; result: StartedWindows };
} & {
  [K in Names['endBackfill']]: { input: EndBackfillInput; result: null };
} & {
  [K in Names['undoLoad']]: { input: UndoLoadInput; result: UndonePipeline };
} & {
  [K in Names['endUndo']]: { input: EndUndoInput; result: null };
} & {
  [K in Names['scanRuns' | 'evaluateSlas' | 'watchHealth' | 'dispatchAlerts']]: {
    input: MonitoringInput;
    result: MonitoringReport;
  };
} & {
  [K in Names['readAlertGroup']]: { input: AlertGroupInput; result: AlertGroupStanding };
} & {
  [K in Names['sendAlert']]: { input: SendAlertInput; result: SendAlertResult };
} & {
  [K in Names['channelFailed']]: { input: ChannelFailedInput; result: null };
} & {
  [K in Names['actOnAlerts']]: { input: ActOnAlertsInput; result: null };
} & {
  [K in Names['closeAlertGroup']]: { input: CloseAlertGroupInput; result: { readonly closed: boolean } };
} & {
  [K in Names['settleApproval']]: { input: SettleApprovalInput; result: SettledApproval };
} & {
  [K in Names['closeOrphanedRuns' | 'dropStaleStaging' | 'sweepArtifacts' | 'pruneHistories' | 'purgeHistories']]: {
    input: MaintenanceInput;
    result: MaintenanceReport;
  };
};

export interface MaintenanceInput {
  /** ISO 8601, UTC: the clock of the maintenance orchestration. */
  readonly now: string;
  readonly dryRun: boolean;
}

export interface MaintenanceReport {
  readonly task: string;
  /** What each policy of retention did, or would do; of tasks that have some. */
  readonly policies?: readonly PolicyReport[];
  /** What was closed, dropped, swept or purged; at most 100 names, `count` has the full number. */
  readonly items: readonly string[];
  readonly count: number;
}
