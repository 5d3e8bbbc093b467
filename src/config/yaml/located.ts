import type { YamlPath } from './yaml-path';

/** A position in a file; line and column are one-based. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

interface Common {
  readonly place: Place;
  /** The source as written, in one line and shortened. */
  readonly text: string;
}

export interface LocatedEntry {
  readonly key: Place;
  readonly value: Located;
}
export interface LocatedMap extends Common {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, LocatedEntry>;
}
export interface LocatedList extends Common {
  readonly kind: 'list';
  readonly items: readonly Located[];
}
export interface LocatedScalar extends Common {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** What the value may be read as where its place wants no text; set by substitution. */
  readonly retyped?: number | boolean | null;
}

/** A YAML value that knows where it stands; merged and substituted trees keep the places of their parts. */
export type Located = LocatedMap | LocatedList | LocatedScalar;

/** The plain value of a tree, for zod. */
export function toValue(tree: Located): unknown {
  if (tree.kind === 'scalar') return tree.value;
  if (tree.kind === 'list') return tree.items.map(toValue);
  return Object.fromEntries([...tree.entries].map(([key, entry]) => [key, toValue(entry.value)]));
}

/** What `find` found: the deepest node that exists on the path, and the key under which it stands. */
export interface Found {
  readonly node: Located;
  /** Place of the key of `node`; null at the root and in lists. */
  readonly key: Place | null;
  /** How many parts of the path exist. */
  readonly depth: number;
}

/** Walks a path as far as it exists. */
export function find(root: Located, path: YamlPath): Found {
  let found: Found = { node: root, key: null, depth: 0 };
  for (const part of path) {
    const next = step(found.node, part);
    if (next === undefined) return found;
    found = { ...next, depth: found.depth + 1 };
  }
  return found;
}

function step(node: Located, part: string | number): Omit<Found, 'depth'> | undefined {
  if (node.kind === 'list') {
    const item = node.items[Number(part)];
    return item && { node: item, key: null };
  }
  if (node.kind !== 'map') return undefined;
  const entry = node.entries.get(String(part));
  return entry && { node: entry.value, key: entry.key };
}

/** A copy of the tree in which every scalar is what `change` makes of it. */
export function mapScalars(
  tree: Located,
  change: (scalar: LocatedScalar, path: YamlPath) => LocatedScalar,
  path: YamlPath = [],
): Located {
  if (tree.kind === 'scalar') return change(tree, path);
  if (tree.kind === 'list') {
    return { ...tree, items: tree.items.map((item, index) => mapScalars(item, change, [...path, index])) };
  }
  const entries = new Map<string, LocatedEntry>();
  for (const [key, entry] of tree.entries) {
    entries.set(key, { ...entry, value: mapScalars(entry.value, change, [...path, key]) });
  }
  return { ...tree, entries };
}

/** The entries of the map at a path; none when there is no map. */
export function entriesAt(root: Located, path: YamlPath = []): LocatedMap['entries'] {
  const { node, depth } = find(root, path);
  return depth === path.length && node.kind === 'map' ? node.entries : new Map();
}
