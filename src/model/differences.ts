/** One difference between two JSON-like values. */
export interface Difference {
  /** Keys and zero-based positions: of the newer value, for what was taken away of the older one. */
  readonly path: readonly (string | number)[];
  readonly change: 'added' | 'removed' | 'changed';
  /** Absent for what was added. */
  readonly before?: unknown;
  /** Absent for what was removed. */
  readonly after?: unknown;
}

/**
 * What differs between two JSON-like values, key by key, in the order of the older one and then of what is new. Of lists, what is equal at
 * both ends is left out and what lies between is compared item by item, so that an item put in between is one difference.
 */
export function differencesOf(
  before: unknown,
  after: unknown,
  path: readonly (string | number)[] = [],
): readonly Difference[] {
  if (isList(before) && isList(after)) return listDifferences(before, after, path);
  if (isMap(before) && isMap(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key): readonly Difference[] => {
      const at = [...path, key];
      if (!Object.hasOwn(after, key)) return [{ path: at, change: 'removed', before: before[key] }];
      if (!Object.hasOwn(before, key)) return [{ path: at, change: 'added', after: after[key] }];
      return differencesOf(before[key], after[key], at);
    });
  }
  return isSame(before, after) ? [] : [{ path, change: 'changed', before, after }];
}

function listDifferences(
  before: readonly unknown[],
  after: readonly unknown[],
  path: readonly (string | number)[],
): readonly Difference[] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && isSame(before[start], after[start])) start += 1;
  let end = 0;
  while (end < shorter - start && isSame(before.at(-1 - end), after.at(-1 - end))) end += 1;
  const [olds, news] = [before.slice(start, before.length - end), after.slice(start, after.length - end)];
  const found: Difference[] = [];
  for (let index = 0; index < Math.max(olds.length, news.length); index += 1) {
    const at = [...path, start + index];
    if (index >= news.length) found.push({ path: at, change: 'removed', before: olds[index] });
    else if (index >= olds.length) found.push({ path: at, change: 'added', after: news[index] });
    else found.push(...differencesOf(olds[index], news[index], at));
  }
  return found;
}

function isSame(one: unknown, other: unknown): boolean {
  if (isList(one) && isList(other)) {
    return one.length === other.length && one.every((item, index) => isSame(item, other[index]));
  }
  if (isMap(one) && isMap(other)) {
    const keys = Object.keys(one);
    return (
      keys.length === Object.keys(other).length &&
      keys.every((key) => Object.hasOwn(other, key) && isSame(one[key], other[key]))
    );
  }
  return Object.is(one, other);
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
