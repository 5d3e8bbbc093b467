/** The part of a source that one run of a backfill takes again: the values of the cursor from `from` on and below `to`. */
export interface BackfillSlice {
  /** `bf-<hash>`. */
  readonly id: string;
  /** Position of the window in the backfill, from 0. */
  readonly window: number;
  /** As whoever asked wrote it, at the window's edges: a number, a date, or a time; with a zone when it was given one. */
  readonly from: string;
  readonly to: string;
}

/** A window of a backfill, and the run that loads it. */
export interface BackfillWindow {
  readonly from: string;
  readonly to: string;
  /** Derived from the backfill and the window: a window has one run, however often it is started. */
  readonly runId: string;
  readonly startKey: string;
}

export type BackfillStatus = 'InProgress' | 'Succeeded' | 'Failed' | 'Cancelled';
