import { ReviewRefusedError } from '../../errors/review-refused-error';
import { untouched, type ReviewDecision, type RowReview, type ReviewState } from '../../model/quarantine-review';
import type { QuarantinedRow } from '../../model/quarantined-row';
import type { ReviewStore } from '../../state/stores';

/** A decision about some rows of a batch. */
export interface Deciding {
  readonly decision: ReviewDecision;
  readonly reason: string;
  readonly by: string;
  readonly at: string;
  /** Whether only to say what would become of the rows. */
  readonly dryRun?: boolean;
  /** Whether the pipeline masks something of the rows: one that could not be parsed can then not be mended here. */
  readonly masked?: boolean;
}

/** What became of the rows that were to be decided. */
export interface Decided {
  readonly decided: number;
  /** Rows that a release has taken, which nobody can change any more. */
  readonly locked: number;
  /** Rows that could not be parsed and were not mended: there is nothing to load. */
  readonly unreadable: number;
  /** Rows that somebody else decided at the same moment. */
  readonly changed: number;
}

const LOCKED: ReadonlySet<ReviewState> = new Set(['releasing', 'released']);
const AT_ONCE = 16;

/** Decides rows of a batch; each is written for itself, under the version that was read. */
export async function decideRows(
  reviews: ReviewStore,
  batch: string,
  rows: readonly QuarantinedRow[],
  deciding: Deciding,
): Promise<Decided> {
  const total = { decided: 0, locked: 0, unreadable: 0, changed: 0 };
  for (let first = 0; first < rows.length; first += AT_ONCE) {
    const fates = await Promise.all(
      rows.slice(first, first + AT_ONCE).map((row) => decideRow(reviews, batch, row, deciding)),
    );
    for (const fate of fates) total[fate] += 1;
  }
  return total;
}

async function decideRow(
  reviews: ReviewStore,
  batch: string,
  quarantined: QuarantinedRow,
  { decision, reason, by, at, dryRun = false, masked = false }: Deciding,
): Promise<keyof Decided> {
  const known = await reviews.row(batch, quarantined);
  const row = known?.value ?? untouched(quarantined);
  if (LOCKED.has(row.state)) return 'locked';
  if (decision !== 'discard' && isUnreadable(quarantined, row, masked)) return 'unreadable';
  if (dryRun) return 'decided';
  const state = decision === 'discard' ? 'discarded' : 'decided';
  // The same decision again is a repeated request.
  if (row.state === state && row.decision === decision && row.reason === reason && row.by === by) return 'decided';
  const next: RowReview = { ...row, state, decision, reason, by, at, version: row.version + 1 };
  return (await reviews.saveRow(batch, next, known?.etag ?? null)) ? 'decided' : 'changed';
}

function isUnreadable({ raw }: QuarantinedRow, { edits }: RowReview, masked: boolean): boolean {
  return raw !== null && (masked || Object.keys(edits).length === 0);
}

/** Changes values of a row that no release has taken; a decision that was there must be taken again. With `dryRun` nothing is saved. Throws `review-refused`. */
export async function editRow(
  reviews: ReviewStore,
  batch: string,
  place: { readonly file: number; readonly row: number },
  edits: RowReview['edits'],
  { reason, by, at, dryRun = false }: Omit<Deciding, 'decision'>,
): Promise<RowReview> {
  const known = await reviews.row(batch, place);
  const row = known?.value ?? untouched(place);
  if (LOCKED.has(row.state)) throw new ReviewRefusedError(`The row ${place.file}-${place.row} was released already`);
  const merged = { ...row.edits, ...edits };
  const next: RowReview = {
    ...row,
    state: 'open',
    decision: null,
    edits: merged,
    reason,
    by,
    at,
    version: row.version + 1,
  };
  if (!dryRun && !(await reviews.saveRow(batch, next, known?.etag ?? null))) {
    throw new ReviewRefusedError(`Somebody else changed the row ${place.file}-${place.row} at the same moment`);
  }
  return next;
}
