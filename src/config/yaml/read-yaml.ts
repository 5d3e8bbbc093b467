import { isAlias, isMap, isScalar, isSeq, parseDocument, type Document, type Node } from 'yaml';
import type { Problem } from '../project';
import type { Located, LocatedEntry, Place } from './located';
import { LineIndex } from './line-index';
import { formatPath, type YamlPath } from './yaml-path';

/** Files beyond this are refused before they are parsed. */
export const MAX_FILE_BYTES = 1_048_576;
/** Nodes of one file after aliases are followed: a "billion laughs" file ends here. */
export const MAX_NODES = 50_000;
export const MAX_DEPTH = 40;
/** Problems told of one file: the first ones are the cause of the others. */
export const MAX_PROBLEMS = 20;

/** One YAML file as a tree with places. `tree` is null when nothing could be read; problems are errors. */
export interface YamlFile {
  readonly tree: Located | null;
  readonly problems: readonly Problem[];
}

/**
 * Parses one YAML document. Refuses duplicate keys, unknown tags, keys that are no text, circular or runaway aliases and
 * deep nesting. Never throws.
 */
export function readYaml(file: string, source: string): YamlFile {
  const problems: Problem[] = [];
  const lines = new LineIndex(source);
  const placeAt = (offset: number): Place => ({ file, ...lines.at(offset) });
  const report = (place: Place, path: YamlPath, code: string, message: string, value: string | null, fix: string) =>
    problems.push({ ...place, path: formatPath(path), code, message, value, fix, severity: 'error' });

  const start: Place = { file, line: 1, column: 1 };
  let document: Document.Parsed;
  try {
    document = parseDocument(source, { prettyErrors: false, uniqueKeys: false, version: '1.2' });
  } catch {
    report(start, [], 'invalid-yaml', 'the file cannot be parsed as YAML', null, 'Write plain, shallow YAML.');
    return { tree: null, problems };
  }
  for (const error of [...document.errors, ...document.warnings].slice(0, MAX_PROBLEMS)) {
    if (/call stack/i.test(error.message)) {
      const fix = `Nest at most ${MAX_DEPTH} deep.`;
      report(placeAt(error.pos[0]), [], 'yaml-limit', 'the file is nested too deep', null, fix);
      return { tree: null, problems };
    }
    const place = placeAt(error.pos[0]);
    const fix = FIXES[error.code] ?? 'Correct the YAML at this place: indentation, quotes, brackets and colons.';
    report(place, [], 'invalid-yaml', sentence(error.message), shorten(lines.line(place.line)) || null, fix);
  }
  if (problems.length > 0) return { tree: null, problems };
  if (document.contents === null) {
    report(start, [], 'empty-file', 'the file is empty', null, 'Describe something in it, or delete it.');
    return { tree: null, problems };
  }
  const tree = new TreeBuilder(document, source, placeAt, report).build(document.contents);
  return { tree: problems.length > 0 ? null : tree, problems: problems.slice(0, MAX_PROBLEMS) };
}

type Report = (
  place: Place,
  path: YamlPath,
  code: string,
  message: string,
  value: string | null,
  fix: string,
) => unknown;

const FIXES: Readonly<Record<string, string>> = {
  MULTIPLE_DOCS: 'Keep one document in a file: remove what follows the line of three hyphens.',
  TAB_AS_INDENT: 'Indent with spaces.',
  TAG_RESOLVE_FAILED: 'Remove the tag: plain maps, lists, texts, numbers and booleans are enough.',
};

class TreeBuilder {
  private nodes = 0;
  private readonly open = new Set<Node>();

  constructor(
    private readonly document: Document.Parsed,
    private readonly source: string,
    private readonly placeAt: (offset: number) => Place,
    private readonly report: Report,
  ) {}

  build(node: Node | null, path: YamlPath = []): Located | null {
    if (node === null) return { kind: 'scalar', value: null, text: '', place: this.placeAt(0) };
    const place = this.placeAt(node.range?.[0] ?? 0);
    const text = asWritten(this.source, node);
    this.nodes += 1;
    if (this.nodes > MAX_NODES || path.length > MAX_DEPTH || this.open.has(node)) {
      // Said once: every further node of a runaway file would repeat it.
      if (this.nodes <= MAX_NODES + 1) {
        const message = this.open.has(node)
          ? 'an alias refers to what it stands in'
          : 'the file is too large or too deep';
        const fix = `Write it out without aliases: at most ${MAX_NODES} values, nested at most ${MAX_DEPTH} deep.`;
        this.report(place, path, 'yaml-limit', message, text, fix);
      }
      return null;
    }
    this.open.add(node);
    try {
      return this.content(node, path, place, text);
    } finally {
      this.open.delete(node);
    }
  }

  private content(node: Node, path: YamlPath, place: Place, text: string): Located | null {
    if (isAlias(node)) {
      const target = node.resolve(this.document);
      if (target !== undefined) {
        const tree = this.build(target, path);
        return tree && { ...tree, place, text };
      }
      this.report(
        place,
        path,
        'invalid-yaml',
        `there is no anchor for ${text}`,
        text,
        'Define the anchor above its use.',
      );
      return null;
    }
    if (isSeq(node)) {
      const items = node.items.map((item, index) => this.build(item as Node | null, [...path, index]));
      return items.includes(null) ? null : { kind: 'list', place, text, items: items as Located[] };
    }
    if (isMap(node)) return this.map(node.items, path, place, text);
    if (isScalar(node)) {
      const value: unknown = node.value;
      if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
        return { kind: 'scalar', value, place, text };
      }
    }
    this.report(
      place,
      path,
      'invalid-yaml',
      'this kind of value is not supported',
      text,
      'Write text, a number or a boolean.',
    );
    return null;
  }

  private map(
    pairs: readonly { readonly key: unknown; readonly value: unknown }[],
    path: YamlPath,
    place: Place,
    text: string,
  ): Located | null {
    const entries = new Map<string, LocatedEntry>();
    let whole = true;
    for (const pair of pairs) {
      const key = this.key(pair.key, path, place);
      if (key === null) {
        whole = false;
        continue;
      }
      const first = entries.get(key.name)?.key;
      if (first !== undefined) {
        const message = `the key '${key.name}' stands twice: first in line ${first.line}`;
        this.report(key.place, [...path, key.name], 'duplicate-key', message, key.name, 'Keep one of the two.');
        continue;
      }
      const empty: Located = { kind: 'scalar', value: null, text: '', place: key.place };
      const value = pair.value === null ? empty : this.build(pair.value as Node, [...path, key.name]);
      if (value === null) whole = false;
      else entries.set(key.name, { key: key.place, value });
    }
    return whole ? { kind: 'map', place, text, entries } : null;
  }

  private key(node: unknown, path: YamlPath, place: Place): { readonly name: string; readonly place: Place } | null {
    const value: unknown = isScalar(node) ? node.value : undefined;
    const keyPlace = isScalar(node) && node.range ? this.placeAt(node.range[0]) : place;
    const known = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    if (known && value !== '__proto__') return { name: String(value), place: keyPlace };
    this.report(keyPlace, path, 'invalid-yaml', 'a key must be a text', null, 'Write a name, a colon and a space.');
    return null;
  }
}

function asWritten(source: string, node: Node): string {
  return shorten(source.slice(node.range?.[0] ?? 0, node.range?.[1] ?? 0));
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}

function sentence(message: string): string {
  return message.split('\n', 1)[0]?.replace(/[:.]$/, '') ?? message;
}
