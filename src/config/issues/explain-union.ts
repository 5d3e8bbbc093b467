import type { z } from 'zod';
import { didYouMean } from '../../model/closest';
import type { Problem } from '../project';
import { allowedKeys } from '../schema-walk';
import { find } from '../yaml/located';
import type { YamlPath } from '../yaml/yaml-path';
import { at, kindOf, missing, PLAIN_TYPES, unknownKey, valueOf, writeFix, type IssueContext } from './issue-problems';

type Issue = z.core.$ZodIssue;
type UnionIssue = Extract<Issue, { code: 'invalid_union' }>;
/** Explains an issue of a member; `base` is the path of the union. */
type Explain = (issue: Issue, base: YamlPath) => Problem[];

/** Lists whose items are a map with one key that says what the item is. */
const ITEM_NOUNS: Readonly<Record<string, string>> = { transform: 'step', checks: 'check', verify: 'rule' };

/** Explains a value that fits no member of a union by the member that it was meant to be. */
export function explainUnion(issue: UnionIssue, path: YamlPath, context: IssueContext, explain: Explain): Problem[] {
  if (issue.errors.length === 0) return [discriminator(issue, path, context)];
  const { node } = find(context.root, path);
  if (node.kind === 'map') return explainMap(issue.errors, path, context, explain);
  const fitting = issue.errors.filter((errors) => !errors.some(isWrongAtRoot));
  const only = fitting.length > 0 ? fitting.reduce((a, b) => (b.length < a.length ? b : a)) : undefined;
  if (only !== undefined) return only.flatMap((inner) => explain(inner, path));
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
function explainMap(
  members: readonly (readonly Issue[])[],
  path: YamlPath,
  context: IssueContext,
  explain: Explain,
): Problem[] {
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
  if (best !== undefined) return best.flatMap((inner) => explain(inner, path));
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

function discriminator(issue: UnionIssue, path: YamlPath, context: IssueContext): Problem {
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
