import path from 'node:path';
import type { Slice } from '../../model/slice';
import { mergeSeen } from '../../steps/extract/merge-seen';
import { fileFacts } from '../../steps/file-facts';
import type { StageResult } from '../contracts/activities';
import type { PipelineScope } from '../contracts/scope';
import type { ActivityServices } from './activity-services';

/**
 * The slice as the ledger keeps it: for a slice by column with the rows that the next run will meet again, of all partitions in one
 * artifact. It stands outside the run's folder, because it is read for as long as no later load took its place.
 */
export async function withSeen(
  services: ActivityServices,
  { runId, pipeline }: PipelineScope,
  slice: Slice,
  results: readonly StageResult[],
): Promise<Slice> {
  if (slice.kind !== 'range') return slice;
  const parts = results.flatMap(({ seen }) => (seen === undefined ? [] : [seen]));
  if (parts.length === 0) return { ...slice, seen: null };
  const { artifacts } = services.stores;
  const name = `pipelines/${pipeline}/seen/${runId}.parquet`;
  const known = await artifacts.findNamed(name);
  if (known !== null) return { ...slice, seen: known };
  return services.engine.use(async (session) => {
    const files: string[] = [];
    for (const part of parts) files.push(await artifacts.fetch(part, session.scratchFolder));
    const merged = path.join(session.scratchFolder, 'all-seen.parquet');
    await mergeSeen(session, files, merged);
    return { ...slice, seen: await artifacts.putNamed(name, merged, await fileFacts(session, merged)) };
  });
}
