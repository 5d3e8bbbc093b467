import { randomUUID } from 'node:crypto';
import { StorageConflictError } from '../../../errors/storage-conflict-error';
import { MANIFEST } from './blob-paths';
import type { FolderStore } from './folder-store';
import { EMPTY_MANIFEST, type Manifest } from './manifest';

const MOST_ATTEMPTS = 20;

export interface ReadManifest {
  readonly manifest: Manifest;
  /** Null where there is none yet. */
  readonly etag: string | null;
}

export async function readManifest(store: FolderStore): Promise<ReadManifest> {
  const found = await store.read(MANIFEST);
  return found === null
    ? { manifest: EMPTY_MANIFEST, etag: null }
    : { manifest: JSON.parse(found.text) as Manifest, etag: found.etag };
}

/**
 * Changes the manifest by one conditional write; `change` is asked again over what another has written in between, and null leaves it as it
 * is. A lost answer looks like a change by another: `change` must know its own work again.
 */
export async function changeManifest(
  store: FolderStore,
  change: (manifest: Manifest) => Promise<Manifest | null>,
): Promise<void> {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    const { manifest, etag } = await readManifest(store);
    const changed = await change(manifest);
    if (changed === null) return;
    if (await store.write(MANIFEST, JSON.stringify(changed), etag)) return;
  }
  throw new StorageConflictError(MANIFEST);
}

/** Marks a staging area as thrown away, before anything of it is removed: an attempt that still holds it cannot publish it any more. */
export async function markDiscarded(store: FolderStore, areas: readonly string[], now: string): Promise<void> {
  const id = randomUUID();
  await changeManifest(store, async (manifest) => {
    const open = areas.filter((area) => manifest.discarded[area]?.id !== id);
    if (open.length === 0) return null;
    const marks = Object.fromEntries(open.map((area) => [area, { id, at: now }]));
    return { ...manifest, discarded: { ...manifest.discarded, ...marks } };
  });
}
