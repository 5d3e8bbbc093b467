import { QuarantineBatchNotFoundError } from '../../../errors/quarantine-batch-not-found-error';
import { parseBatchId } from '../../../model/quarantine-review';
import type { QuarantineBatch, Stores } from '../../../state/stores';

/** A run has a batch for each partition and step at most. */
const MOST_BATCHES = 100_000;

/** The batch of an id. Throws `quarantine-batch-not-found`. */
export async function findBatch({ quarantine }: Pick<Stores, 'quarantine'>, id: string): Promise<QuarantineBatch> {
  const key = parseBatchId(id);
  if (key === null) throw new QuarantineBatchNotFoundError(id);
  const { runId, pipeline, step, partition, entry } = key;
  const batches = await batchesOfRun({ quarantine }, runId, pipeline);
  const found = batches.find(
    (batch) => batch.step === step && batch.partition === partition && (batch.entry ?? 0) === entry,
  );
  if (found === undefined) throw new QuarantineBatchNotFoundError(id);
  return found;
}

/** All that a run quarantined of a pipeline. */
export function batchesOfRun(
  { quarantine }: Pick<Stores, 'quarantine'>,
  runId: string,
  pipeline: string,
): Promise<readonly QuarantineBatch[]> {
  return quarantine.list({ runId, pipeline, limit: MOST_BATCHES });
}
