import path from 'node:path';
import type { EngineSession } from '../../engine/engine-session';
import type { ArtifactRef } from '../../model/artifact';
import type { Release } from '../../model/release';
import type { ArtifactPlace } from '../../state/stores';
import { placeReleasedRows } from '../../steps/extract/place-released-rows';
import { fileFacts } from '../../steps/file-facts';
import type { ActivityServices } from './activity-services';
import { releasedColumns } from './plan-release';

/** Brings released rows into the run, in place of anything from the source. Throws `LedgerImbalanceError` when rows are missing. */
export async function extractRelease(
  { stores }: Pick<ActivityServices, 'stores'>,
  session: EngineSession,
  release: Release,
  place: ArtifactPlace,
): Promise<ArtifactRef> {
  const { artifact, rows } = release;
  const file = await stores.artifacts.fetch(artifact, session.scratchFolder);
  const outFile = path.join(session.scratchFolder, 'released.parquet');
  await placeReleasedRows(session, { file, columns: releasedColumns(release), rows, outFile });
  return stores.artifacts.putParquet(outFile, place, await fileFacts(session, outFile));
}
