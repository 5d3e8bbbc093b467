import { createHash, randomUUID } from 'node:crypto';
import { ReviewRefusedError } from '../../errors/review-refused-error';
import type { Orchestrations, TriggerServices } from '../trigger-services';
import { releaseIdOf } from '../../state/keys';
import { wakeReview } from './wake-review';

/**
 * Asks for the release of what is decided of a batch, `most` rows of it at most, and wakes its review. Asked for again before it is done, it is the same one.
 * `id` is that of the request, where one must not be made twice. Throws `review-refused`.
 */
export async function requestRelease(
  services: TriggerServices,
  client: Orchestrations,
  batch: string,
  {
    by,
    reason,
    most,
    id = randomUUID(),
  }: { readonly by: string; readonly reason: string; readonly most?: number; readonly id?: string },
): Promise<void> {
  const { reviews, audit } = services.stores;
  const at = services.clock.now();
  const { value, etag } = await reviews.batch(batch);
  if (value.requested === null) {
    const requested = { id, by, at, reason, ...(most !== undefined && { most }) };
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

/** Whether the release of a request of this id is asked for, under way, or done. */
export async function isReleaseBegun(
  { stores }: Pick<TriggerServices, 'stores'>,
  batch: string,
  request: string,
): Promise<boolean> {
  if ((await stores.reviews.batch(batch)).value.requested?.id === request) return true;
  const release = releaseIdOf(batch, request);
  for await (const { value } of stores.reviews.rows(batch)) if (value.release === release) return true;
  return false;
}

/** What a release of a batch would take now. */
export interface DecidedRows {
  readonly rows: number;
  /** SHA-256 over the rows with their versions, in hex: any decision or edit since gives another one. */
  readonly digest: string;
}

/** How many rows of a batch a release would take now, and which. */
export async function decidedRows({ stores }: Pick<TriggerServices, 'stores'>, batch: string): Promise<DecidedRows> {
  const hash = createHash('sha256');
  let rows = 0;
  for await (const { value } of stores.reviews.rows(batch)) {
    if (value.state !== 'decided') continue;
    rows += 1;
    hash.update(`${value.file}-${value.row}-${value.version}\n`);
  }
  return { rows, digest: hash.digest('hex') };
}
