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

async function remove(container: WorkContainer, name: string, etag: string): Promise<void> {
  await container.call(`delete ${name}`, async () => {
    try {
      await container.blob(name).delete({ conditions: { ifMatch: etag } });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  });
}
