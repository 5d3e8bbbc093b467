import { randomUUID } from 'node:crypto';
import { ReviewRefusedError } from '../../errors/review-refused-error';
import type { Orchestrations, TriggerServices } from '../trigger-services';
import { wakeReview } from './wake-review';

/** Asks for the release of what is decided of a batch, and wakes its review. Asked for again before it is done, it is the same one. Throws `review-refused`. */
export async function requestRelease(
  services: TriggerServices,
  client: Orchestrations,
  batch: string,
  { by, reason }: { readonly by: string; readonly reason: string },
): Promise<void> {
  const { reviews, audit } = services.stores;
  const at = services.clock.now();
  const { value, etag } = await reviews.batch(batch);
  if (value.requested === null) {
    const requested = { id: randomUUID(), by, at, reason };
    const saved = await reviews.saveBatch(batch, { ...value, requested, failure: null, closedAt: null }, etag);
    if (!saved) throw new ReviewRefusedError('Somebody else released rows of this batch at the same moment');
    await audit.append({
      at,
      action: 'quarantine-release-requested',
      by,
      subject: batch,
      detail: { reason },
      correlationId: batch,
    });
  }
  await wakeReview(services, client, batch);
}

/** How many rows of a batch a release would take now. */
export async function decidedRows({ stores }: Pick<TriggerServices, 'stores'>, batch: string): Promise<number> {
  let decided = 0;
  for await (const { value } of stores.reviews.rows(batch)) if (value.state === 'decided') decided += 1;
  return decided;
}
