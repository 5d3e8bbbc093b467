import type { ArtifactStore } from './stores';
import { isNotFound } from './storage-call';
import type { WorkContainer } from './work-container';

const PREFIX = 'runs/';
/** Steps that keep rows aside: `quarantine`, and those of rows that a step made. */
const QUARANTINE = /^runs\/[^/]+\/[^/]+\/quarantine[^/]*\//;

/** Deletes what runs left that are neither kept nor younger than the date. Gives the paths, also in a dry run. */
export async function sweepArtifacts(
  container: WorkContainer,
  { olderThan, quarantineOlderThan = olderThan, keepRuns, dryRun }: Parameters<ArtifactStore['sweep']>[0],
): Promise<readonly string[]> {
  const limit = Date.parse(olderThan);
  const quarantineLimit = Math.min(limit, Date.parse(quarantineOlderThan));
  const keep = new Set(keepRuns);
  const swept: string[] = [];
  const blobs = container.client.listBlobsFlat({ prefix: PREFIX });
  for (;;) {
    const next = await container.call('list artifacts', () => blobs.next());
    if (next.done === true) return swept;
    const { name, properties } = next.value;
    const runId = name.slice(PREFIX.length).split('/', 1)[0] ?? '';
    const youngest = QUARANTINE.test(name) ? quarantineLimit : limit;
    if (keep.has(runId) || properties.lastModified.getTime() >= youngest) continue;
    swept.push(name);
    if (!dryRun) await remove(container, name, properties.etag);
  }
}

/** Deletes rows that were released from quarantine long ago: their runs have ended, and what they may have held unmasked is loaded. */
export async function sweepReleases(
  container: WorkContainer,
  { olderThan, dryRun }: Pick<Parameters<ArtifactStore['sweep']>[0], 'olderThan' | 'dryRun'>,
): Promise<readonly string[]> {
  const swept: string[] = [];
  const folders = container.client.listBlobsByHierarchy('/', { prefix: 'pipelines/' });
  for (;;) {
    const folder = await container.call('list pipelines', () => folders.next());
    if (folder.done === true) return swept;
    if (folder.value.kind !== 'prefix') continue;
    const blobs = container.client.listBlobsFlat({ prefix: `${folder.value.name}releases/` });
    for (;;) {
      const next = await container.call('list releases', () => blobs.next());
      if (next.done === true) break;
      const { name, properties } = next.value;
      if (properties.lastModified.getTime() >= Date.parse(olderThan)) continue;
      swept.push(name);
      if (!dryRun) await remove(container, name, properties.etag);
    }
  }
}

async function remove(container: WorkContainer, name: string, etag: string): Promise<void> {
  await container.call(`delete ${name}`, async () => {
    try {
      await container.blob(name).delete({ conditions: { ifMatch: etag } });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  });
}
