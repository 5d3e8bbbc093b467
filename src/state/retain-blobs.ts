import type { BlobItem } from '@azure/storage-blob';
import { TIERS, type Tier } from '../model/prices';
import type { BlobClassName, Inventory, InventoryClass, PolicyReport } from '../model/retention';
import type { ArtifactStore } from './stores';
import { isConflict, isNotFound } from './storage-call';
import type { WorkContainer } from './work-container';

const DAY_MS = 86_400_000;
/** Of the rows that the next run of a cursor meets again: what an undo may go back to, one load after the other. */
const NEWEST_SEEN = 10;
const SEEN_MS = 30 * DAY_MS;
/** Contents of reference files are named after themselves, and are young again whenever a run takes them. */
const REFERENCES_MS = 90 * DAY_MS;
const OLD_MS = 30 * DAY_MS;
const MOST_NAMES = 100;

type Request = Parameters<ArtifactStore['retain']>[0];
type Result = Awaited<ReturnType<ArtifactStore['retain']>>;

/**
 * Goes through the container once: deletes what is older than its policy keeps, moves what is to be moved, and counts what is there. Each blob is
 * dealt with by itself and only as it was seen, so that it may break off anywhere and be done again. A blob that was touched meanwhile is left.
 */
export async function retainBlobs(container: WorkContainer, request: Request): Promise<Result> {
  const { dryRun } = request;
  const reports = new Map<string, PolicyReport>();
  const inventory = new Map<string, InventoryClass>();
  const names: string[] = [];
  const seen = new Map<string, BlobItem[]>();
  const done = (kind: PolicyReport['action'], place: Place, blob: BlobItem): void => {
    const key = `${kind} ${place.name} ${place.pipeline ?? ''}`;
    const before = reports.get(key) ?? {
      policy: place.name,
      pipeline: place.pipeline,
      action: kind,
      count: 0,
      bytes: 0,
    };
    const bytes = blob.properties.contentLength ?? 0;
    reports.set(key, { ...before, count: before.count + 1, bytes: before.bytes + bytes });
    if (names.length < MOST_NAMES) names.push(blob.name);
  };
  const act = async (blob: BlobItem, place: Place, kind: PolicyReport['action']): Promise<void> => {
    if (dryRun || (await change(container, blob, kind === 'delete' ? null : tierOf(request, place))))
      done(kind, place, blob);
  };
  const blobs = container.client.listBlobsFlat();
  for (;;) {
    const next = await container.call('list artifacts', () => blobs.next());
    if (next.done === true) break;
    const blob = next.value;
    const place = placeOf(blob.name);
    count(inventory, place, blob, request.now);
    if (place.name === 'seen') seen.set(place.pipeline ?? '', [...(seen.get(place.pipeline ?? '') ?? []), blob]);
    else {
      const kind = decide(request, place, blob);
      if (kind !== null) await act(blob, place, kind);
    }
  }
  for (const [pipeline, its] of seen) {
    for (const blob of olderSeen(request, its)) await act(blob, { name: 'seen', pipeline, run: null }, 'delete');
  }
  return {
    names,
    reports: [...reports.values()],
    inventory: { at: request.now, classes: [...inventory.values()] } satisfies Inventory,
  };
}

interface Place {
  readonly name: BlobClassName;
  readonly pipeline: string | null;
  readonly run: string | null;
}

/** What a blob is, told from its name. */
export function placeOf(path: string): Place {
  const [top = '', second = '', third = '', fourth = ''] = path.split('/');
  if (top === 'runs') {
    // Also those of rows that a step made: `quarantine-...`.
    const name = fourth.startsWith('quarantine') ? 'quarantine' : 'artifacts';
    return { name, pipeline: third, run: second };
  }
  if (top === 'pipelines' && (third === 'releases' || third === 'seen')) {
    return { name: third, pipeline: second, run: null };
  }
  if (top === 'references' || top === 'plans' || top === 'records') return { name: top, pipeline: null, run: null };
  return { name: 'others', pipeline: null, run: null };
}

function decide(request: Request, place: Place, blob: BlobItem): PolicyReport['action'] | null {
  const { keepRuns, keepPaths } = request;
  if ((place.run !== null && keepRuns.has(place.run)) || keepPaths.has(blob.name)) return null;
  const age = ageOf(blob, request.now);
  const policy = request.policyOf(place.pipeline);
  switch (place.name) {
    case 'artifacts':
    case 'releases':
      return age > policy.artifactsMs ? 'delete' : null;
    case 'quarantine': {
      // What the pipeline's other work files are kept for is kept of these too.
      if (age > Math.max(policy.quarantineMs, policy.artifactsMs)) return 'delete';
      const { archive } = policy;
      return archive !== null && age > archive.afterMs && isDearer(blob, archive.tier) ? 'archive' : null;
    }
    case 'references':
      return age > Math.max(REFERENCES_MS, policy.artifactsMs) ? 'delete' : null;
    default:
      return null;
  }
}

/** All but the newest of a pipeline, those that are young, and that of the watermark. */
function olderSeen({ now, keepPaths, policyOf }: Request, blobs: readonly BlobItem[]): readonly BlobItem[] {
  const [first] = blobs;
  if (first === undefined) return [];
  // A note leads to its file: both go by the name that they share.
  const stem = ({ name }: BlobItem): string => name.replace(/(-[0-9a-f]{16}\.parquet|\.json)$/, '');
  const newestFirst = blobs.toSorted((one, other) => ageOf(one, now) - ageOf(other, now));
  const newest = new Set([...new Set(newestFirst.map(stem))].slice(0, NEWEST_SEEN));
  for (const blob of blobs) if (keepPaths.has(blob.name)) newest.add(stem(blob));
  const keptMs = Math.max(SEEN_MS, policyOf(placeOf(first.name).pipeline).artifactsMs);
  return blobs.filter((blob) => !newest.has(stem(blob)) && ageOf(blob, now) > keptMs);
}

/** `false` where somebody has touched it since it was seen. */
async function change(container: WorkContainer, { name, properties }: BlobItem, tier: Tier | null): Promise<boolean> {
  return container.call(`${tier === null ? 'delete' : 'move'} ${name}`, async () => {
    const blob = container.blob(name);
    try {
      if (tier === null) await blob.delete({ conditions: { ifMatch: properties.etag } });
      else await blob.setAccessTier(capital(tier));
      return true;
    } catch (error) {
      if (isNotFound(error) || isConflict(error)) return false;
      throw error;
    }
  });
}

function tierOf({ policyOf }: Request, { pipeline }: Place): Tier {
  return policyOf(pipeline).archive?.tier ?? 'cool';
}

function isDearer(blob: BlobItem, tier: Tier): boolean {
  return TIERS.indexOf(currentTier(blob)) < TIERS.indexOf(tier);
}

function currentTier({ properties }: BlobItem): Tier {
  const tier = properties.accessTier?.toLowerCase();
  return TIERS.find((one) => one === tier) ?? 'hot';
}

function ageOf({ properties }: BlobItem, now: string): number {
  return Date.parse(now) - properties.lastModified.getTime();
}

function count(inventory: Map<string, InventoryClass>, { name, pipeline }: Place, blob: BlobItem, now: string): void {
  const tier = currentTier(blob);
  const key = `${name} ${pipeline ?? ''} ${tier}`;
  const before = inventory.get(key) ?? { name, pipeline, tier, count: 0, bytes: 0, oldBytes: 0 };
  const bytes = blob.properties.contentLength ?? 0;
  inventory.set(key, {
    ...before,
    count: before.count + 1,
    bytes: before.bytes + bytes,
    oldBytes: before.oldBytes + (ageOf(blob, now) > OLD_MS ? bytes : 0),
  });
}

function capital(tier: Tier): string {
  return tier.charAt(0).toUpperCase() + tier.slice(1);
}
