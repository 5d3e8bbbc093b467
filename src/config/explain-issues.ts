import type { z } from 'zod';
import { didYouMean } from './closest';
import type { JsonSchema } from './json-schema';
import type { Problem } from './project';
import { allowedKeys, describedAt } from './schema-walk';
import { find, type Located, type Place } from './yaml/located';
import { formatPath, type YamlPath } from './yaml/yaml-path';

type Issue = z.core.$ZodIssue;

/** What is known of the value that zod refused. */
export interface IssueContext {
  readonly root: Located;
  readonly schema: JsonSchema;
  /** The key under which the root stands, where it is not a file of its own. */
  readonly rootKey?: Place | undefined;
}

/**
 * Turns zod's issues into problems with places: an unknown key points at the key, a missing one at its parent, and a
 * value that fits no member of a union is explained by the member that it was meant to be.
 */
export function explainIssues(issues: readonly Issue[], context: IssueContext): Problem[] {
  const problems = issues.flatMap((issue) => explain(issue, [], context));
  // A misspelt key is one fault, not a missing key and an unknown one.
  const meant = new Set(problems.map((problem) => MEANT.exec(problem.fix)?.[1]).filter((key) => key !== undefined));
  return problems.filter(({ code, path }) => code !== 'missing-key' || !meant.has(path.split('.').at(-1) ?? path));
}

const MEANT = /^Did you mean '(.*)'\?$/;

function explain(issue: Issue, base: YamlPath, context: IssueContext): Problem[] {
  const path = [...base, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey([...path, key], key, allowedKeys(context.schema, path), context));
    case 'invalid_union':
      return explainUnion(issue, path, context);
    case 'invalid_key':
      return issue.issues.slice(0, 1).map((inner) => ({
        ...at(path, context, 'key'),
        code: 'invalid-key',
        message: `'${String(path.at(-1))}' cannot be used as a name here`,
        value: String(path.at(-1)),
        fix: sentence(inner.message),
        severity: 'error',
      }));
    case 'invalid_type':
      return [wrongType(issue.expected, path, context)];
    case 'invalid_value': {
      const found = find(context.root, path);
      if (found.depth < path.length) return [missing(path, context)];
      const allowed = issue.values.map((value) => (value === null ? 'null' : String(value)));
      const written = found.node.kind === 'scalar' ? String(found.node.value) : '';
      return [
        {
          ...at(path, context, 'value'),
          code: 'invalid-value',
          message:
            allowed.length === 1 ? `only ${allowed.join()} is possible here` : `must be one of ${allowed.join(', ')}`,
          value: valueOf(found.node, path),
          fix: allowed.length === 1 ? `Write ${allowed.join()}.` : didYouMean(written, allowed, 'possible values'),
          severity: 'error',
        },
      ];
    }
    default:
      return [invalid(issue, path, context)];
  }
}

function invalid(issue: Issue, path: YamlPath, context: IssueContext): Problem {
  const hint = describedAt(context.schema, path);
  return {
    ...at(path, context, 'value'),
    code: 'invalid-value',
    message: boundMessage(issue) ?? lowerFirst(issue.message.replace(/^Invalid input: /, '')),
    value: valueOf(find(context.root, path).node, path),
    fix: hint === undefined ? 'Correct the value.' : `Correct the value: ${lowerFirst(hint)}`,
    severity: 'error',
  };
}

/** Words for sizes, where the schema has none of its own. */
function boundMessage(issue: Issue): string | undefined {
  if (issue.code !== 'too_big' && issue.code !== 'too_small') return undefined;
  if (!/^Too (big|small)/.test(issue.message)) return undefined;
  const limit = String(issue.code === 'too_big' ? issue.maximum : issue.minimum);
  const unit = { string: ' characters', array: ' items', map: ' entries' }[issue.origin as 'string'] ?? '';
  const strictly = issue.inclusive === false;
  const word = issue.code === 'too_big' ? (strictly ? 'less than' : 'at most') : strictly ? 'more than' : 'at least';
  return `must ${unit === '' ? 'be' : 'have'} ${word} ${limit}${unit}`;
}

const PLAIN_TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  object: 'a map of keys',
  record: 'a map of keys',
  array: 'a list',
  null: 'null',
};

function wrongType(expected: string, path: YamlPath, context: IssueContext): Problem {
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

function kindOf(node: Located): string {
  if (node.kind === 'map') return 'a map of keys';
  if (node.kind === 'list') return 'a list';
  if (node.value === null) return 'empty';
  return { string: 'a text', number: 'a number', boolean: 'a boolean' }[typeof node.value as 'string'];
}

function missing(path: YamlPath, context: IssueContext): Problem {
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

function unknownKey(path: YamlPath, key: string, allowed: readonly string[], context: IssueContext): Problem {
  return {
    ...at(path, context, 'key'),
    code: 'unknown-key',
    message: `unknown key '${key}'`,
    value: key,
    fix: didYouMean(key, allowed, 'known keys'),
    severity: 'error',
  };
}

/** Lists whose items are a map with one key that says what the item is. */
const ITEM_NOUNS: Readonly<Record<string, string>> = { transform: 'step', checks: 'check', verify: 'rule' };

function explainUnion(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: YamlPath,
  context: IssueContext,
): Problem[] {
  if (issue.errors.length === 0) return [discriminator(issue, path, context)];
  const { node } = find(context.root, path);
  if (node.kind === 'map') return explainMap(issue.errors, path, context);
  const fitting = issue.errors.filter((errors) => !errors.some(isWrongAtRoot));
  const only = fitting.length > 0 ? fitting.reduce((a, b) => (b.length < a.length ? b : a)) : undefined;
  if (only !== undefined) return only.flatMap((inner) => explain(inner, path, context));
  const noun = typeof path.at(-1) === 'number' ? ITEM_NOUNS[String(path.at(-2))] : undefined;
  const wanted = [...new Set(issue.errors.flat().filter(isWrongAtRoot).map(expectation))];
  return [
    {
      ...at(path, context, 'value'),
      code: 'wrong-type',
      message: `must be ${wanted.join(' or ')}, but is ${kindOf(node)}`,
      value: valueOf(node, path),
      fix:
        noun === undefined
          ? writeFix(`Write ${wanted.join(' or ')}.`, path, context)
          : `Write the ${noun} as a map with one of the keys: ${allowedKeys(context.schema, path).join(', ')}.`,
      severity: 'error',
    },
  ];
}

/** A map in a union: the member whose required key is there is meant; none is an unknown step, several are two in one. */
function explainMap(members: readonly (readonly Issue[])[], path: YamlPath, context: IssueContext): Problem[] {
  const { node } = find(context.root, path);
  const keys = node.kind === 'map' ? [...node.entries.keys()] : [];
  const maps = members.filter((errors) => !errors.some(isWrongAtRoot));
  const noun = typeof path.at(-1) === 'number' ? ITEM_NOUNS[String(path.at(-2))] : undefined;
  const known = allowedKeys(context.schema, path);
  const meant = maps.filter((errors) => !errors.some((error) => isMissing(error, path, context)));
  if (noun !== undefined && keys.length > 1 && keys.filter((key) => known.includes(key)).length > 1) {
    return [
      {
        ...at([...path, keys[1] ?? ''], context, 'key'),
        code: 'several-in-one',
        message: `one ${noun} has one key, but here are ${keys.join(' and ')}`,
        value: keys[1] ?? null,
        fix: `Begin a new list item with a hyphen for '${keys[1] ?? ''}'.`,
        severity: 'error',
      },
    ];
  }
  const best = (meant.length > 0 ? meant : maps).toSorted((a, b) => a.length - b.length)[0];
  if (noun !== undefined && meant.length === 0) {
    const key = keys.find((candidate) => !known.includes(candidate));
    if (key === undefined) {
      const fix = `Write one of the keys: ${known.join(', ')}.`;
      return [
        {
          ...at(path, context, 'value'),
          code: 'empty-item',
          message: `this ${noun} is empty`,
          value: null,
          fix,
          severity: 'error',
        },
      ];
    }
    return [
      {
        ...unknownKey([...path, key], key, known, context),
        code: `unknown-${noun}`,
        message: `unknown ${noun} '${key}'`,
      },
    ];
  }
  if (best !== undefined) return best.flatMap((inner) => explain(inner, path, context));
  const wanted = [...new Set(members.flat().filter(isWrongAtRoot).map(expectation))].join(' or ');
  return [
    {
      ...at(path, context, 'value'),
      code: 'wrong-type',
      message: `must be ${wanted}, but is a map of keys`,
      value: valueOf(node, path),
      fix: writeFix(`Write ${wanted}.`, path, context),
      severity: 'error',
    },
  ];
}

function discriminator(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: YamlPath,
  context: IssueContext,
): Problem {
  const found = find(context.root, path);
  const options = ((issue as { readonly options?: readonly unknown[] }).options ?? []).map(String);
  if (found.depth < path.length)
    return { ...missing(path, context), fix: `Add '${String(path.at(-1))}:' with one of ${options.join(', ')}.` };
  const written = found.node.kind === 'scalar' ? String(found.node.value) : '';
  return {
    ...at(path, context, 'value'),
    code: 'invalid-value',
    message: `must be one of ${options.join(', ')}`,
    value: valueOf(found.node, path),
    fix: didYouMean(written, options, 'possible values'),
    severity: 'error',
  };
}

function isWrongAtRoot(issue: Issue): boolean {
  return issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value');
}

function isMissing(issue: Issue, base: YamlPath, context: IssueContext): boolean {
  if (issue.path.length !== 1) return false;
  const path = [...base, ...(issue.path as (string | number)[])];
  return find(context.root, path).depth < path.length;
}

function expectation(issue: Issue): string {
  if (issue.code === 'invalid_type') return PLAIN_TYPES[issue.expected] ?? issue.expected;
  return issue.code === 'invalid_value' ? issue.values.map(String).join(' or ') : 'another value';
}

function at(path: YamlPath, context: IssueContext, what: 'key' | 'value'): Place & { readonly path: string } {
  const found = find(context.root, path);
  const { file, line, column } =
    what === 'key'
      ? (found.key ?? (found.depth === 0 ? context.rootKey : undefined) ?? found.node.place)
      : found.node.place;
  return { file, line, column, path: formatPath(path) };
}

/** The value as written; what stands under a key that holds a secret is not repeated. */
function valueOf(node: Located, path: YamlPath): string | null {
  if (path.at(-1) === 'password') return '(not shown)';
  return node.text === '' ? null : node.text;
}

function sentence(text: string): string {
  const upper = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.?!]$/.test(upper) ? upper : `${upper}.`;
}

/** What to write, and what it is for. */
function writeFix(fix: string, path: YamlPath, context: IssueContext): string {
  const hint = describedAt(context.schema, path);
  return hint === undefined ? fix : `${fix} It means: ${lowerFirst(hint)}`;
}

/** `A name` becomes `a name`; `TCP port` stays. */
function lowerFirst(text: string): string {
  if (/^[A-Z][A-Z]/.test(text)) return text;
  return text.charAt(0).toLowerCase() + text.slice(1);
}
