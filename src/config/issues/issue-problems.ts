import { shownValue } from './shown-value';
import { didYouMean } from '../../model/closest';
import type { JsonSchema } from '../json-schema';
import type { Problem } from '../project';
import { describedAt } from '../schema-walk';
import { find, type Located, type Place } from '../yaml/located';
import { formatPath, type YamlPath } from '../yaml/yaml-path';

/** What is known of the value that zod refused. */
export interface IssueContext {
  readonly root: Located;
  readonly schema: JsonSchema;
  /** The key under which the root stands, where it is not a file of its own. */
  readonly rootKey?: Place | undefined;
}

/** Zod's names of types in words. */
export const PLAIN_TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  object: 'a map of keys',
  record: 'a map of keys',
  array: 'a list',
  null: 'null',
};

/** A value of another type than `expected`; a key that is not there is missing. */
export function wrongType(expected: string, path: YamlPath, context: IssueContext): Problem {
  const found = find(context.root, path);
  if (found.depth < path.length) return missing(path, context);
  const wanted = PLAIN_TYPES[expected] ?? expected;
  const node = found.node;
  const isEmpty = node.kind === 'scalar' && node.value === null;
  return {
    ...at(path, context, isEmpty ? 'key' : 'value'),
    code: 'wrong-type',
    message: `must be ${wanted}, but is ${isEmpty ? 'empty' : kindOf(node)}`,
    value: valueOf(node, path),
    fix: writeFix(FIX_BY_TYPE[expected] ?? `Write ${wanted}.`, path, context),
    severity: 'error',
  };
}

const FIX_BY_TYPE: Readonly<Record<string, string>> = {
  string: 'Write a text; put quotes around it where it looks like a number or boolean.',
  array: 'Write a list: one line with a hyphen for each item.',
  object: 'Write a map: one key with a colon on each line.',
  record: 'Write a map: one key with a colon on each line.',
};

/** What a value is, in words. */
export function kindOf(node: Located): string {
  if (node.kind === 'map') return 'a map of keys';
  if (node.kind === 'list') return 'a list';
  if (node.value === null) return 'empty';
  return { string: 'a text', number: 'a number', boolean: 'a boolean' }[typeof node.value as 'string'];
}

/** A key that must be there and is not: shown at its parent. */
export function missing(path: YamlPath, context: IssueContext): Problem {
  const key = String(path.at(-1));
  const hint = describedAt(context.schema, path);
  return {
    ...at(path.slice(0, -1), context, 'key'),
    path: formatPath(path),
    code: 'missing-key',
    message: `the key '${key}' is missing`,
    value: null,
    fix: `Add '${key}:' here${hint === undefined ? '' : `: ${lowerFirst(hint)}`}`.replace(/([^.])$/, '$1.'),
    severity: 'error',
  };
}

/** A key that cannot be there: shown at the key. */
export function unknownKey(path: YamlPath, key: string, allowed: readonly string[], context: IssueContext): Problem {
  return {
    ...at(path, context, 'key'),
    code: 'unknown-key',
    message: `unknown key '${key}'`,
    value: key,
    fix: didYouMean(key, allowed, 'known keys'),
    severity: 'error',
  };
}

/** The place of a path: of its value, or of its key. */
export function at(path: YamlPath, context: IssueContext, what: 'key' | 'value'): Place & { readonly path: string } {
  const found = find(context.root, path);
  const { file, line, column } =
    what === 'key'
      ? (found.key ?? (found.depth === 0 ? context.rootKey : undefined) ?? found.node.place)
      : found.node.place;
  return { file, line, column, path: formatPath(path) };
}

/** The value as written; what stands where a secret may have been written is not repeated. */
export function valueOf(node: Located, path: YamlPath): string | null {
  return shownValue(path, node.text);
}

/** What to write, and what it is for. */
export function writeFix(fix: string, path: YamlPath, context: IssueContext): string {
  const hint = describedAt(context.schema, path);
  return hint === undefined ? fix : `${fix} It means: ${lowerFirst(hint)}`;
}

/** `A name` becomes `a name`; `TCP port` stays. */
export function lowerFirst(text: string): string {
  if (/^[A-Z][A-Z]/.test(text)) return text;
  return text.charAt(0).toLowerCase() + text.slice(1);
}
