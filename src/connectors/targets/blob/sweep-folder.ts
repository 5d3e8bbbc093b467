import type { TargetConfig } from '../../../config/schema/pipeline';
import { inParallel } from '../../files/in-parallel';
import { areaOf, DATA, runPrefix, STAGING, stagingArea } from './blob-paths';
import type { FolderStore, StoredBlob } from './folder-store';
import type { Manifest } from './manifest';
import { changeManifest, markDiscarded, readManifest } from './manifest-store';
import { isKept } from './publish-files';
import type { StagedRecord } from './stage-files';

const REMOVED_AT_ONCE = 16;
/** Longer than any attempt to publish lives. */
const MARKS_KEPT_MS = 7 * 24 * 3_600_000;

/** Throws away what one run staged; what is published stays. */
export async function discardArea(store: FolderStore, area: string, now: string): Promise<void> {
  const blobs = [...(await store.list(`${STAGING}${area}/`)), ...(await store.list(`${DATA}${area}/`))];
  if (blobs.length === 0) return;
  await markDiscarded(store, [area], now);
  await removeUnpublished(store, blobs);
}

/**
 * Removes what no generation that is kept has: files of runs that are not active and published nothing, of stagings that were repeated, and
 * of generations whose time is over. Gives what was removed, by run where that is known.
 */
export async function sweepFolder(
  store: FolderStore,
  target: TargetConfig,
  activeRunIds: readonly string[],
  now: string,
  staleAfterMs: number,
): Promise<string[]> {
  if ((await readManifest(store)).etag !== null)
    await changeManifest(store, async (found) => pruned(found, target, now));
  const { manifest } = await readManifest(store);
  const published = publishedNames(manifest);
  const active = activeRunIds.map(runPrefix);
  const areas = new Map<string, StoredBlob[]>();
  for (const blob of [...(await store.list(STAGING)), ...(await store.list(DATA))]) {
    const area = areaOf(blob.name);
    if (area === null || active.some((prefix) => area.startsWith(prefix))) continue;
    areas.set(area, [...(areas.get(area) ?? []), blob]);
  }
  const isStale = (blob: StoredBlob): boolean => Date.parse(now) - blob.modifiedAt.getTime() >= staleAfterMs;
  const stale = [...areas].filter(
    ([, blobs]) => blobs.every(isStale) && blobs.some(({ name }) => !published.has(name)),
  );
  const loaded = new Set(manifest.loads.map(({ runId, pipeline }) => stagingArea(runId, pipeline)));
  const dead = stale.map(([area]) => area).filter((area) => !loaded.has(area));
  if (dead.length > 0) await markDiscarded(store, dead, now);
  const removed: string[] = [];
  for (const [area, blobs] of stale) {
    removed.push(await describeArea(store, area, blobs));
    await removeUnpublished(store, blobs);
  }
  return removed;
}

/** The manifest without generations whose time is over and without old marks; null when it has neither. */
function pruned(manifest: Manifest, target: TargetConfig, now: string): Manifest | null {
  const retired = manifest.retired.filter(({ retiredBy }) => isKept(retiredBy, manifest.loads, target, now));
  const marks = Object.entries(manifest.discarded);
  const kept = marks.filter(([, { at }]) => Date.parse(now) - Date.parse(at) < MARKS_KEPT_MS);
  if (retired.length === manifest.retired.length && kept.length === marks.length) return null;
  return { ...manifest, retired, discarded: Object.fromEntries(kept) };
}

/** Reads the manifest once more: what was published before the mark was made stays. */
async function removeUnpublished(store: FolderStore, blobs: readonly StoredBlob[]): Promise<void> {
  const published = publishedNames((await readManifest(store)).manifest);
  const gone = blobs.filter(({ name }) => !published.has(name));
  await inParallel(gone, REMOVED_AT_ONCE, ({ name }) => store.remove(name));
}

function publishedNames({ files, retired }: Manifest): ReadonlySet<string> {
  return new Set([...files, ...retired].map(({ name }) => name));
}

async function describeArea(store: FolderStore, area: string, blobs: readonly StoredBlob[]): Promise<string> {
  const record = blobs.find(({ name }) => name.startsWith(STAGING));
  const text = record === undefined ? null : await store.read(record.name);
  if (text === null) return `files of ${area} that no generation has`;
  const { runId, pipeline } = JSON.parse(text.text) as StagedRecord;
  return JSON.stringify({ runId, pipeline, blobs: blobs.length });
}
