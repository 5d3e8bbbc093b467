import { NO_ROWS, type Counts } from '../../model/counts';
import type { Failure } from '../../model/failure';
import type { Status } from '../../model/status';
import type { PipelineResult, PublishOutcome, StepTiming, ValidateResult } from '../contracts/activities';
import { RUN_CANCELLED } from '../contracts/run-cancelled';

/** What is known of a pipeline while it is under way, filled in from step to step. */
export interface Journey {
  readonly pipeline: string;
  readonly steps: StepTiming[];
  notes: readonly string[];
  partitions: number;
  sliceLabel: string | null;
  /** Rows that extraction found. */
  extracted: number;
  validated: ValidateResult | null;
  /** The commit has happened: from here there is no way back. */
  published: PublishOutcome | null;
  balanced: boolean;
}

/** A journey that has not begun. Nothing in, nothing out: it balances. */
export function newJourney(pipeline: string): Journey {
  return {
    pipeline,
    steps: [],
    notes: [],
    partitions: 0,
    sliceLabel: null,
    extracted: 0,
    validated: null,
    published: null,
    balanced: true,
  };
}

/** How a pipeline ended that succeeded, was skipped, or had nothing to do. */
export function ended(journey: Journey, status: Status, reason: string | null): PipelineResult {
  return resultOf(journey, status, reason, null);
}

/** How a pipeline ended that failed, or was cancelled. */
export function endedBy(journey: Journey, failure: Failure): PipelineResult {
  const status = failure.code === RUN_CANCELLED ? 'Cancelled' : 'Failed';
  return resultOf(journey, status, failure.message, failure);
}

function resultOf(journey: Journey, status: Status, reason: string | null, failure: Failure | null): PipelineResult {
  const { validated, published } = journey;
  return {
    pipeline: journey.pipeline,
    status,
    reason,
    counts: countsOf(journey),
    balanced: journey.balanced,
    partitions: journey.partitions,
    sliceLabel: journey.sliceLabel,
    steps: journey.steps,
    checks: validated?.checks ?? [],
    reasons: validated?.reasons ?? [],
    ...(validated?.lookups && { lookups: validated.lookups }),
    ...(validated?.rules && { rules: validated.rules }),
    verifications: published?.verifications ?? [],
    load: published?.load ?? null,
    notes: journey.notes,
    failure,
  };
}

/** `loaded` are rows in the target: before the commit there are none, whatever was made ready. */
function countsOf({ validated, published, extracted }: Journey): Counts {
  if (validated === null) return { ...NO_ROWS, read: extracted };
  return published === null ? { ...validated.counts, loaded: 0 } : { ...validated.counts, loaded: published.rows };
}
