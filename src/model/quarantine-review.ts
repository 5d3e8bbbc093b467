import type { Release } from './release';

/** What somebody decided about a quarantined row: load it as it is, run it through the present rules again, or leave it out for good. */
export type ReviewDecision = 'approve' | 'retry' | 'discard';

/**
 * Where a row stands. `open`: nobody decided. `decided`: approved or to be retried, not yet released. `releasing`: a run is loading it, so
 * the decision stands. `released`: that run has ended and took it in (what it quarantined again is in a batch of its own).
 */
export type ReviewState = 'open' | 'decided' | 'discarded' | 'releasing' | 'released';

/** A row of a batch: `_sluice_file` and `_sluice_row`. */
export interface RowPlace {
  readonly file: number;
  readonly row: number;
}

/** What is known about the review of a row; one without any is open and unedited. */
export interface RowReview extends RowPlace {
  readonly state: ReviewState;
  readonly decision: ReviewDecision | null;
  /** New values by source column, as text; null makes a value null. */
  readonly edits: Readonly<Record<string, string | null>>;
  /** Why, in the words of whoever decided: for an approval, what is waived. */
  readonly reason: string | null;
  readonly by: string | null;
  readonly at: string | null;
  readonly release: string | null;
  /** Changes so far; each is kept in the row's history. */
  readonly version: number;
}

/** The review of a batch as a whole. */
export interface BatchReview {
  /** Somebody asked for the release of what is decided; null when nobody did, or it is done. */
  readonly requested: {
    readonly id: string;
    readonly by: string;
    readonly at: string;
    readonly reason: string;
    /** No more rows than these are taken, however many are decided by then; absent where nobody has to approve a release. */
    readonly most?: number;
  } | null;
  /** The release that is under way. */
  readonly release: Release | null;
  /** Runs that were started for it; above 1 when the outcome of one was not known. */
  readonly attempt: number;
  readonly runId: string | null;
  /** Why the last release did not load its rows. */
  readonly failure: string | null;
  readonly reminders: number;
  readonly remindedAt: string | null;
  /** Set once the review is over: everything decided, or the deadline passed. */
  readonly closedAt: string | null;
}

export const NEW_BATCH_REVIEW: BatchReview = {
  requested: null,
  release: null,
  attempt: 0,
  runId: null,
  failure: null,
  reminders: 0,
  remindedAt: null,
  closedAt: null,
};

/** How many rows of a batch stand where. */
export type ReviewCounts = Readonly<Record<ReviewState, number>>;

/** The parts of a batch's id. `partition` is -1 for what validation quarantined. */
export interface BatchKey {
  readonly runId: string;
  readonly pipeline: string;
  readonly step: string;
  readonly partition: number;
  readonly entry: number;
}

const ID = /^(run-[a-z0-9]{1,64})\.([a-z][a-z0-9_-]{0,62})\.([a-z]{1,20})\.(all|\d{1,9})\.(\d{1,4})$/;

/** The id of a batch, as it stands in addresses. */
export function batchIdOf({ runId, pipeline, step, partition, entry }: BatchKey): string {
  return [runId, pipeline, step, partition < 0 ? 'all' : partition, entry].join('.');
}

/** What an id names; null for what is none. */
export function parseBatchId(id: string): BatchKey | null {
  const [, runId, pipeline, step, partition, entry] = ID.exec(id) ?? [];
  if (runId === undefined || pipeline === undefined || step === undefined) return null;
  return { runId, pipeline, step, partition: partition === 'all' ? -1 : Number(partition), entry: Number(entry) };
}

/** The id of a row inside its batch: `<file>-<row>`. */
export function rowIdOf({ file, row }: RowPlace): string {
  return `${file}-${row}`;
}

/** What a row id names; null for what is none. */
export function parseRowId(id: string): RowPlace | null {
  const [, file, row] = /^(-?\d{1,9})-(\d{1,16})$/.exec(id) ?? [];
  return file === undefined || row === undefined ? null : { file: Number(file), row: Number(row) };
}

/** A row that nobody has touched. */
export function untouched({ file, row }: RowPlace): RowReview {
  const nobody = { decision: null, reason: null, by: null, at: null, release: null };
  return { file, row, state: 'open', ...nobody, edits: {}, version: 0 };
}
