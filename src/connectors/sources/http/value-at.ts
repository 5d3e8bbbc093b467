/** The value at a dotted path of keys, such as `meta.next`; undefined where there is none. The empty path is the document itself. */
export function valueAt(document: unknown, path: string): unknown {
  let value = document;
  for (const key of path === '' ? [] : path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}
