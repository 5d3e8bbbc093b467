/**
 * A number in [0, 1) that depends on the text alone (FNV-1a with a final mix): jitter that a replay works out again.
 * Source of the hash: http://www.isthe.com/chongo/tech/comp/fnv/ ; of the mix: MurmurHash3's finalizer.
 */
export function stableFraction(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
}
