import type { ArtifactRef, BlobRef } from '../../model/artifact';
import type { Failure } from '../../model/failure';
import type { RetryConfig } from '../../config/schema/pipeline';
import type { RunWindowConfig } from '../../config/schema/run-window';
import type { Priority } from '../../model/priority';
import type { Status } from '../../model/status';
import type {
  FanOutStep,
  MaintenanceReport,
  PublishOutcome,
  ReferenceRef,
  SealedWindow,
  StepTiming,
  ValidateResult,
} from './activities';
import type { BreakerPolicy } from './entities';
import type { PipelineScope, RunScope } from './scope';

/** The part of a pipeline's configuration that steers its orchestration; everything else stays in the plan blob. */
export interface PipelineSteering {
  readonly onOverlap: 'queue' | 'skip' | 'fail';
  readonly retry: RetryConfig;
  /** Breakers to ask before a step touches a connection. */
  readonly sourceConnection: BreakerPolicy;
  readonly targetConnection: BreakerPolicy;
  /** When its partitions have their turn; absent in what was started before version 1.1. */
  readonly turn?: TurnPolicy;
  /** Hours in which it may begin; absent: at any time. */
  readonly runWindow?: RunWindowConfig;
}

export interface TurnPolicy {
  readonly priority: Priority;
  /** Partitions of all runs that may be under way in the app at once; null: as many as there are. */
  readonly poolSlots: number | null;
}

/** Input of the master: a reference to the run plan, and the DAG. */
export interface MasterInput extends Omit<RunScope, 'runStartedAt'> {
  readonly levels: readonly (readonly string[])[];
  readonly dependsOn: Readonly<Record<string, readonly string[]>>;
  readonly steering: Readonly<Record<string, PipelineSteering>>;
  readonly maxParallel: number;
}

export interface MasterResult {
  readonly status: Status;
  readonly pipelines: readonly { readonly pipeline: string; readonly status: Status; readonly reason: string | null }[];
}

export interface PipelineInput extends PipelineScope {
  readonly steering: PipelineSteering;
}

/** Input of ingestion, processing and delivery. */
export interface StageOfRoadInput extends PipelineInput {
  readonly pipelinePlan: BlobRef;
  readonly partitions: number;
  /** Sealed windows of the previous part. */
  readonly windows: readonly SealedWindow[];
  readonly references: readonly ReferenceRef[];
  readonly validated: ValidateResult | null;
}

export interface IngestionResult {
  readonly windows: readonly SealedWindow[];
  readonly steps: readonly StepTiming[];
}
export interface ProcessingResult {
  readonly windows: readonly SealedWindow[];
  readonly validated: ValidateResult;
  readonly steps: readonly StepTiming[];
}
export interface DeliveryResult {
  readonly published: PublishOutcome;
  /** What still failed after the commit, though it was tried again and again: the data is in all the same. */
  readonly afterCommit: Failure | null;
  readonly steps: readonly StepTiming[];
}

/** One window of a fan-out: its partitions run as one `Task.all` per wave. */
export interface WindowInput extends PipelineInput {
  readonly pipelinePlan: BlobRef;
  readonly references: readonly ReferenceRef[];
  /** For staging: rows that validation took out. */
  readonly exclusions: ArtifactRef | null;
  readonly step: FanOutStep;
  readonly window: number;
  readonly firstPartition: number;
  readonly partitionCount: number;
  /** Manifest of the same window of the step before; null for extraction. */
  readonly manifest: BlobRef | null;
}
export interface WindowResult {
  readonly sealed: SealedWindow;
  readonly retries: number;
}

/** Input of the `maintenance` orchestration, a singleton with this instance id. */
export const MAINTENANCE_INSTANCE = 'maintenance';
export interface MaintenanceOrchestrationInput {
  readonly dryRun: boolean;
  /** Whose leases and breakers are looked at: the names in the project. */
  readonly pipelines: readonly string[];
  readonly connections: readonly string[];
}
export interface MaintenanceResult {
  readonly reports: readonly MaintenanceReport[];
  readonly failures: readonly Failure[];
}
