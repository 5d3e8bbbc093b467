import type { BlobRef } from '../../model/artifact';

/** What every activity of a run is told. */
export interface RunScope {
  /** Also the instance id of the master: `run-<hash>`, URL-safe. */
  readonly runId: string;
  /** The run plan (`RunPlan` as JSON), immutable. */
  readonly plan: BlobRef;
  readonly correlationId: string;
  /** ISO 8601, UTC: the value of `run_started_at` in expressions; the same in every attempt. */
  readonly runStartedAt: string;
}

export interface PipelineScope extends RunScope {
  readonly pipeline: string;
}
