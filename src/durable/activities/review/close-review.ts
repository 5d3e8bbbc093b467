import { untouched, type RowReview } from '../../../model/quarantine-review';
import { readQuarantined } from '../../../steps/review/read-quarantined';
import type { CloseReviewInput } from '../../contracts/review';
import type { ActivityServices } from '../activity-services';
import { findBatch } from './find-batch';
import { countRows } from './review-batch';

const PAGE = 1000;

/**
 * Ends a review: everything was decided, or its deadline has passed. `discard` then leaves open rows out for good; `keep` leaves them as
 * they are, and a later decision opens the review again.
 */
export async function closeReview(
  services: ActivityServices,
  _client: unknown,
  { batch: id, now, open }: CloseReviewInput,
): Promise<null> {
  const { reviews, audit } = services.stores;
  const batch = await findBatch(services.stores, id);
  if (open === 'discard') await discardOpen(services, id, now);
  const { value: review, etag } = await reviews.batch(id);
  if (review.closedAt !== null) return null;
  if (!(await reviews.saveBatch(id, { ...review, closedAt: now }, etag))) return null;
  const detail = { pipeline: batch.pipeline, ...(await countRows(services, id, batch.rows)) };
  await audit.append({
    at: now,
    action: 'quarantine-review-closed',
    by: 'review',
    subject: id,
    detail,
    correlationId: id,
  });
  return null;
}

async function discardOpen(services: ActivityServices, id: string, now: string): Promise<void> {
  const { reviews, artifacts } = services.stores;
  const { artifact } = await findBatch(services.stores, id);
  await services.engine.use(async (session) => {
    const file = await artifacts.fetch(artifact, session.scratchFolder);
    for (let after = null as RowReview | null; ;) {
      const page = await readQuarantined(session, file, artifact.columns, { after, limit: PAGE });
      for (const place of page) {
        const known = await reviews.row(id, place);
        const row = known?.value ?? untouched(place);
        if (row.state !== 'open') continue;
        const reason = 'the deadline of the review passed';
        const next: RowReview = {
          ...row,
          state: 'discarded',
          decision: 'discard',
          reason,
          by: 'review',
          at: now,
          version: row.version + 1,
        };
        // Whoever decides at this moment wins.
        await reviews.saveRow(id, next, known?.etag ?? null);
      }
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return;
      after = untouched(last);
    }
  });
}
