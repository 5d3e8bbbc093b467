import type { Located, LocatedEntry } from './yaml/located';

/**
 * Lays an environment's values over the base: maps are merged key by key, lists and scalars replaced, `null` removes a
 * key. Every part keeps its own place, so that a problem in the overlay points into the overlay's file.
 */
export function mergeOverlay(base: Located, overlay: Located): Located {
  if (base.kind !== 'map' || overlay.kind !== 'map') return overlay;
  const entries = new Map<string, LocatedEntry>(base.entries);
  for (const [key, entry] of overlay.entries) {
    const below = base.entries.get(key);
    if (entry.value.kind === 'scalar' && entry.value.value === null) entries.delete(key);
    else if (below === undefined) entries.set(key, entry);
    else {
      const bothMaps = below.value.kind === 'map' && entry.value.kind === 'map';
      entries.set(key, { key: bothMaps ? below.key : entry.key, value: mergeOverlay(below.value, entry.value) });
    }
  }
  return { ...base, entries };
}
