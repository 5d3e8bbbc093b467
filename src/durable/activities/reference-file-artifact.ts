import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { RunPlan } from '../../config/project';
import { openReferenceFile } from '../../connectors/open-reference-file';
import { ReferenceFileInvalidError } from '../../errors/reference-file-invalid-error';
import type { ArtifactRef } from '../../model/artifact';
import type { ReferenceFile } from '../../model/reference-file';
import { fileFacts } from '../../steps/file-facts';
import type { PipelineScope } from '../contracts/scope';
import type { ActivityServices } from './activity-services';

/**
 * A reference file as a Parquet artifact of the run, made from the content that the run plan pins: whatever becomes of the
 * folder, every activity and every repetition sees the same rows. A repeated activity finds it.
 */
export async function referenceFileArtifact(
  services: ActivityServices,
  { runId, pipeline }: Pick<PipelineScope, 'runId' | 'pipeline'>,
  plan: Pick<RunPlan, 'referenceFiles' | 'ownReferenceFiles'>,
  reference: ReferenceFile,
): Promise<ArtifactRef> {
  const { artifacts } = services.stores;
  const pinned = (plan.ownReferenceFiles?.[pipeline] ?? plan.referenceFiles)?.[reference.file];
  if (pinned === undefined)
    throw new ReferenceFileInvalidError(reference.file, 'the run plan does not hold it; it was made without it');
  const key = createHash('sha256')
    .update(JSON.stringify([pinned.sha256, reference]))
    .digest('hex')
    .slice(0, 32);
  const place = `runs/${runId}/${pipeline}/references/file-${key}`;
  const kept = await artifacts.findNamed(place);
  if (kept !== null) return kept;
  return services.engine.use(async (session) => {
    const content = await readFile(await artifacts.fetch(pinned, session.scratchFolder));
    const { file } = await openReferenceFile(reference, content, session);
    return artifacts.putNamed(place, file, await fileFacts(session, file));
  });
}
