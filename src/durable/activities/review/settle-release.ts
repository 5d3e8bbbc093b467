import { StorageConflictError } from '../../../errors/storage-conflict-error';
import type { BatchReview, RowReview } from '../../../model/quarantine-review';
import { isEnded } from '../../../model/status';
import type { RunRecord } from '../../contracts/run-record';
import type { ReviewStepInput, SettleResult } from '../../contracts/review';
import type { ActivityServices } from '../activity-services';

/** Runs that try to find out what became of a load. */
const MOST_ATTEMPTS = 5;

/** What became of a release. */
type Fate =
  { readonly kind: 'loaded' } | { readonly kind: 'unknown' } | { readonly kind: 'failed'; readonly reason: string };

/**
 * Looks whether the run of a release has ended, and says so of its rows: loaded, or to be decided about again. Where nobody knows whether
 * the load was committed, another run finds out: the target takes each release once.
 */
export async function settleRelease(
  services: ActivityServices,
  _client: unknown,
  { batch: id, now }: ReviewStepInput,
): Promise<SettleResult> {
  const { reviews, runs, audit } = services.stores;
  const { value: review, etag } = await reviews.batch(id);
  const { release, runId } = review;
  if (release === null || runId === null) return { ended: true };
  const run = await runs.get(runId);
  if (run === null || !isEnded(run.status)) return { ended: false };
  const fate = fateOf(run, review.attempt);
  if (fate.kind !== 'unknown') {
    for await (const row of reviews.rows(id)) {
      if (row.value.state !== 'releasing' || row.value.release !== release.id) continue;
      const next: RowReview =
        fate.kind === 'loaded'
          ? { ...row.value, state: 'released', version: row.value.version + 1 }
          : { ...row.value, state: 'decided', release: null, version: row.value.version + 1 };
      if (!(await reviews.saveRow(id, next, row.etag))) throw new StorageConflictError(`the review of ${id}`);
    }
  }
  const next: BatchReview =
    fate.kind === 'unknown'
      ? { ...review, attempt: review.attempt + 1, runId: null }
      : {
          ...review,
          requested: null,
          release: null,
          runId: null,
          failure: fate.kind === 'failed' ? fate.reason : null,
        };
  if (!(await reviews.saveBatch(id, next, etag))) throw new StorageConflictError(`the review of ${id}`);
  await audit.append({
    at: now,
    action: 'quarantine-release-ended',
    by: 'review',
    subject: id,
    detail: { release: release.id, runId, rows: release.rows, outcome: fate.kind },
    correlationId: run.correlationId,
  });
  return { ended: true };
}

function fateOf(run: RunRecord, attempt: number): Fate {
  const [pipeline] = run.pipelines;
  const failure = pipeline?.failure ?? run.failure;
  if ((pipeline?.load ?? null) !== null || failure?.dataState === 'published') return { kind: 'loaded' };
  // An earlier attempt had loaded it after all.
  if (failure?.code === 'release-already-published') return { kind: 'loaded' };
  const unknown = failure?.dataState === 'unknown' || failure?.code === 'orchestration-lost';
  if (unknown && attempt < MOST_ATTEMPTS) return { kind: 'unknown' };
  return {
    kind: 'failed',
    reason: `${failure?.code ?? run.status}: ${failure?.message ?? 'the run ended without loading'}`,
  };
}
