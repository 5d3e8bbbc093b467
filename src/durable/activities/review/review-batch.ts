import path from 'node:path';
import { OriginalsGoneError } from '../../../errors/originals-gone-error';
import { StorageConflictError } from '../../../errors/storage-conflict-error';
import { batchIdOf, type BatchReview, type ReviewState, type RowReview } from '../../../model/quarantine-review';
import type { Release } from '../../../model/release';
import { hasOriginals } from '../../../state/has-originals';
import { releaseIdOf } from '../../../state/keys';
import type { QuarantineBatch, Versioned } from '../../../state/stores';
import { fileFacts } from '../../../steps/file-facts';
import { writeRelease } from '../../../steps/review/write-release';
import type { ReviewStep, ReviewStepInput } from '../../contracts/review';
import type { ActivityServices } from '../activity-services';
import { findBatch } from './find-batch';
import type { ReviewClient } from './review-client';
import { takeDecided } from './take-decided';

/**
 * Does what was asked for in a review: takes the decided rows into a release, once, and starts the run that loads it. May be repeated at
 * any point: rows are marked with the request before anything is built from them, and the release's id comes from the request.
 */
export async function reviewBatch(
  services: ActivityServices,
  client: ReviewClient,
  { batch: id }: ReviewStepInput,
): Promise<ReviewStep> {
  const { reviews } = services.stores;
  const batch = await findBatch(services.stores, id);
  let review = await reviews.batch(id);
  const { requested } = review.value;
  if (requested !== null && review.value.release === null && !(await hasOriginals(services.stores, batch))) {
    const failure = new OriginalsGoneError(batch.runId).message;
    review = await save(services, id, { ...review.value, requested: null, failure }, review);
  } else if (requested !== null && review.value.release === null) {
    const most = requested.most ?? Infinity;
    const rows = await takeDecided(reviews, id, releaseIdOf(id, requested.id), most);
    const release = rows.length === 0 ? null : await buildRelease(services, batch, requested.id, rows);
    const next: BatchReview =
      release === null
        ? { ...review.value, requested: null }
        : { ...review.value, release, attempt: 0, runId: null, failure: null };
    review = await save(services, id, next, review);
  }
  const { release, attempt } = review.value;
  if (release === null) return { counts: await countRows(services, id, batch.rows), runId: null };
  const by = review.value.requested?.by ?? 'review';
  const { runId } = await services.startRelease(client, release, { by, attempt });
  if (review.value.runId !== runId) await save(services, id, { ...review.value, runId }, review);
  return { counts: await countRows(services, id, batch.rows), runId };
}

async function buildRelease(
  services: ActivityServices,
  batch: QuarantineBatch,
  request: string,
  rows: readonly RowReview[],
): Promise<Release> {
  const { artifacts } = services.stores;
  const { pipeline, runId, entry = 0 } = batch;
  const id = releaseIdOf(batchIdOf({ ...batch, entry }), request);
  const name = `pipelines/${pipeline}/releases/${id}.parquet`;
  const known = await artifacts.findNamed(name);
  const artifact =
    known ??
    (await services.engine.use(async (session) => {
      const quarantineFile = await artifacts.fetch(batch.artifact, session.scratchFolder);
      const originals = await fetchOriginals(services, batch, session.scratchFolder);
      const releaseFile = path.join(session.scratchFolder, 'release.parquet');
      const { columns } = batch.artifact;
      await writeRelease({ session, quarantineFile, columns, originals, rows, releaseFile });
      return artifacts.putNamed(name, releaseFile, await fileFacts(session, releaseFile));
    }));
  return { id, pipeline, runs: [runId], rows: artifact.rows, artifact, entry };
}

async function fetchOriginals({ stores }: ActivityServices, { originals }: QuarantineBatch, folder: string) {
  if (originals === undefined) return null;
  return { file: await stores.artifacts.fetch(originals, folder), columns: originals.columns };
}

/** How many rows of the batch stand where; those that nobody has touched are open. */
export async function countRows(
  services: Pick<ActivityServices, 'stores'>,
  id: string,
  total: number,
): Promise<Record<ReviewState, number>> {
  const counts = { open: total, decided: 0, discarded: 0, releasing: 0, released: 0 };
  for await (const { value } of services.stores.reviews.rows(id)) {
    if (value.state === 'open') continue;
    counts.open -= 1;
    counts[value.state] += 1;
  }
  return counts;
}

async function save(
  services: ActivityServices,
  id: string,
  next: BatchReview,
  { etag }: Versioned<BatchReview>,
): Promise<Versioned<BatchReview>> {
  const { reviews } = services.stores;
  if (!(await reviews.saveBatch(id, next, etag))) throw new StorageConflictError(`the review of ${id}`);
  return reviews.batch(id);
}
