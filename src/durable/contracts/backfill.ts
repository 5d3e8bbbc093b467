import type { Failure } from '../../model/failure';
import type { Status } from '../../model/status';
import type { MasterInput } from './orchestrations';

/** Input of the `backfill` orchestration; its instance id is the backfill's. What the windows are stands in its record. */
export interface BackfillInput {
  readonly backfill: string;
  readonly windows: number;
  /** Windows that are started at once; the pipeline's lease lets one of them load at a time. */
  readonly maxParallel: number;
  readonly stopOnFailure: boolean;
}

/** Windows to start now. */
export interface StartWindowsInput {
  readonly backfill: string;
  readonly first: number;
  readonly count: number;
}

export interface StartedWindows {
  /** Somebody asked for the backfill to end: nothing was started. */
  readonly cancelled: boolean;
  readonly runs: readonly StartedWindow[];
}

/** A window's run, recorded: to be started with `masterInput`, or ended before with this status. */
export interface StartedWindow {
  readonly runId: string;
  readonly masterInput: MasterInput;
  readonly ended: Status | null;
}

export interface EndBackfillInput {
  readonly backfill: string;
  readonly status: 'Succeeded' | 'Failed' | 'Cancelled';
  readonly failure: Failure | null;
}

export interface BackfillResult {
  readonly status: EndBackfillInput['status'];
  readonly failed: number;
}
