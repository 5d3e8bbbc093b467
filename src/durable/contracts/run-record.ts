import type { CheckResult, QuarantineReason, VerificationResult } from '../../model/check-result';
import type { Counts } from '../../model/counts';
import type { Failure } from '../../model/failure';
import type { LookupFigures, RuleFigures } from '../../model/step-figures';
import type { Status, Step } from '../../model/status';

/** What started a run. */
export type RunTrigger =
  /** `rerunOf` is the run whose unfinished pipelines it starts again. */
  | { readonly kind: 'manual'; readonly by: string; readonly rerunOf?: string }
  | { readonly kind: 'schedule'; readonly pipeline: string; readonly dueAt: string }
  | { readonly kind: 'blob' | 'event'; readonly pipeline: string; readonly path: string; readonly etag: string }
  /** Rows released from quarantine; `releaseOf` are the runs that quarantined them. */
  | {
      readonly kind: 'release';
      readonly by: string;
      readonly pipeline: string;
      readonly release: string;
      readonly releaseOf: readonly string[];
    }
  /** A window of a backfill, counted from 0. */
  | {
      readonly kind: 'backfill';
      readonly by: string;
      readonly pipeline: string;
      readonly backfill: string;
      readonly window: number;
    };

/** A run as `GET /api/runs/{id}` gives it. Times are ISO 8601, UTC. */
export interface RunRecord {
  readonly runId: string;
  readonly status: Status;
  readonly trigger: RunTrigger;
  readonly environment: string;
  readonly correlationId: string;
  /** SHA-256 of the run plan. */
  readonly planHash: string;
  /** The version of each pipeline's definition, as `GET /api/pipelines/{name}/versions` lists them; absent in older records. */
  readonly versions?: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string | number | boolean | null>>;
  readonly requestedAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly cancel: { readonly requestedAt: string; readonly by: string; readonly reason: string } | null;
  readonly failure: Failure | null;
  /** Sum over the pipelines. */
  readonly counts: Counts;
  readonly pipelines: readonly PipelineRunRecord[];
}

/** One pipeline of a run; while it is under way, steps and counts come from the partitions done so far. */
export interface PipelineRunRecord {
  readonly pipeline: string;
  readonly status: Status;
  /** Why it was skipped, had nothing to do (`already loaded: ...`), or failed. */
  readonly reason: string | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly sliceLabel: string | null;
  readonly partitions: number;
  readonly steps: readonly StepRecord[];
  readonly counts: Counts;
  /** Whether the conservation ledger balances; null while under way. */
  readonly balanced: boolean | null;
  readonly checks: readonly CheckResult[];
  readonly quarantineReasons: readonly QuarantineReason[];
  /** What lookups, and rules with a name, found; at most 50 of each, absent when there are none. */
  readonly lookups?: readonly LookupFigures[];
  readonly rules?: readonly RuleFigures[];
  readonly verifications: readonly VerificationResult[];
  /** The ledger id of the load in the target; null when nothing was published. */
  readonly load: number | null;
  readonly notes: readonly string[];
  readonly failure: Failure | null;
}

export interface StepRecord {
  readonly step: Step;
  readonly status: Status;
  readonly partitions: { readonly total: number; readonly done: number };
  readonly rows: number;
  readonly bytes: number;
  readonly retries: number;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
}
