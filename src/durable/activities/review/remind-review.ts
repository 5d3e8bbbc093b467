import type { ReviewStepInput } from '../../contracts/review';
import type { ActivityServices } from '../activity-services';
import { findBatch } from './find-batch';
import { countRows } from './review-batch';

/** Says once for each due time that rows wait for somebody: in the log and the audit trail. */
export async function remindReview(
  services: ActivityServices,
  _client: unknown,
  { batch: id, now }: ReviewStepInput,
): Promise<null> {
  const { reviews, audit } = services.stores;
  const { rows, pipeline } = await findBatch(services.stores, id);
  const { value: review, etag } = await reviews.batch(id);
  if (review.remindedAt === now) return null;
  const { open, decided } = await countRows(services, id, rows);
  if (!(await reviews.saveBatch(id, { ...review, remindedAt: now, reminders: review.reminders + 1 }, etag)))
    return null;
  const detail = { pipeline, open, decided, reminder: review.reminders + 1 };
  services.log.warn('quarantine-waits', { batch: id, ...detail });
  await audit.append({ at: now, action: 'quarantine-reminder', by: 'review', subject: id, detail, correlationId: id });
  return null;
}
