import type { ArtifactStore } from './stores';
import { isNotFound } from './storage-call';
import type { WorkContainer } from './work-container';

const PREFIX = 'runs/';

/** Deletes what runs left that are neither kept nor younger than the date. Gives the paths, also in a dry run. */
export async function sweepArtifacts(
  container: WorkContainer,
  { olderThan, keepRuns, dryRun }: Parameters<ArtifactStore['sweep']>[0],
): Promise<readonly string[]> {
  const limit = Date.parse(olderThan);
  const keep = new Set(keepRuns);
  const swept: string[] = [];
  const blobs = container.client.listBlobsFlat({ prefix: PREFIX });
  for (;;) {
    const next = await container.call('list artifacts', () => blobs.next());
    if (next.done === true) return swept;
    const { name, properties } = next.value;
    const runId = name.slice(PREFIX.length).split('/', 1)[0] ?? '';
    if (keep.has(runId) || properties.lastModified.getTime() >= limit) continue;
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
