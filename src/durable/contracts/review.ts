import type { ReviewCounts } from '../../model/quarantine-review';

/** Input of the `review` orchestration of one quarantine batch. Times are milliseconds since 1970. */
export interface ReviewInput {
  readonly batch: string;
  readonly deadlineAt: number;
  readonly remindEveryMs: number;
  readonly remindAt: number;
  readonly onDeadline: 'keep' | 'discard';
}

/** The event that wakes a review: what was decided stands in the store. */
export const DECIDED_EVENT = 'decided';

/** What the activities of a review are told. `now` is the orchestration's clock, ISO 8601, UTC. */
export interface ReviewStepInput {
  readonly batch: string;
  readonly now: string;
}

/** Where a batch stands after what was asked for was done. */
export interface ReviewStep {
  readonly counts: ReviewCounts;
  /** The run that loads released rows; null when none is under way. */
  readonly runId: string | null;
}

export interface SettleResult {
  readonly ended: boolean;
}

/** `open`: what becomes of rows that nobody decided about. */
export interface CloseReviewInput extends ReviewStepInput {
  readonly open: 'keep' | 'discard';
}
