/**
 * JSON in which the keys of every map are sorted, except where their order means something: `derive`, `cast`, `set` and
 * the like name columns in the order in which the table gets them, so those maps become lists of pairs.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (key, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    const entries = Object.entries(inner);
    if (ORDERED.has(key)) return entries;
    return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}

const ORDERED: ReadonlySet<string> = new Set([
  'derive',
  'cast',
  'rename',
  'take',
  'set',
  'else',
  'columns',
  'measures',
  'fields',
]);
