import { batchIdOf } from '../../model/quarantine-review';
import { isEnded } from '../../model/status';
import type { Orchestrations, TriggerServices } from '../trigger-services';
import { wakeReview } from './wake-review';

/** Newer batches than this are looked at with every tick. */
const NEWEST = 100;
const WINDOW_MS = 24 * 3_600_000;

/** Begins the reviews of batches whose runs have published since; a batch that was begun is known by its own row in the store. */
export async function beginReviews(services: TriggerServices, client: Orchestrations): Promise<void> {
  const { stores, clock, log } = services;
  const since = clock.nowMs() - WINDOW_MS;
  const published = new Map<string, boolean>();
  for (const batch of await stores.quarantine.list({ limit: NEWEST })) {
    if (Date.parse(batch.at) < since) return;
    const id = batchIdOf({ ...batch, entry: batch.entry ?? 0 });
    const { value, etag } = await stores.reviews.batch(id);
    if (etag !== null) continue;
    const key = `${batch.runId} ${batch.pipeline}`;
    if (!published.has(key)) {
      const run = await stores.runs.get(batch.runId);
      const its = run?.pipelines.find(({ pipeline }) => pipeline === batch.pipeline);
      published.set(key, run !== null && isEnded(run.status) && (its?.load ?? null) !== null);
    }
    if (published.get(key) !== true) continue;
    await wakeReview(services, client, id);
    // Last: a tick that dies before this wakes the review once more.
    await stores.reviews.saveBatch(id, value, null);
    log.info('quarantine-review-begun', { batch: id, rows: batch.rows });
  }
}
