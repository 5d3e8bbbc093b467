import type { z } from 'zod';
import { didYouMean } from '../../model/closest';
import type { Problem } from '../project';
import { allowedKeys, describedAt } from '../schema-walk';
import { find } from '../yaml/located';
import type { YamlPath } from '../yaml/yaml-path';
import { explainUnion } from './explain-union';
import { at, lowerFirst, missing, unknownKey, valueOf, wrongType, type IssueContext } from './issue-problems';

type Issue = z.core.$ZodIssue;

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
      return explainUnion(issue, path, context, (inner, within) => explain(inner, within, context));
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

const UNITS: Readonly<Record<string, string>> = { string: ' characters', array: ' items' };

/** Words for sizes, where the schema has none of its own. */
function boundMessage(issue: Issue): string | undefined {
  if (issue.code !== 'too_big' && issue.code !== 'too_small') return undefined;
  if (!/^Too (big|small)/.test(issue.message)) return undefined;
  const limit = String(issue.code === 'too_big' ? issue.maximum : issue.minimum);
  const unit = UNITS[issue.origin] ?? '';
  const strictly = issue.inclusive === false;
  const word = issue.code === 'too_big' ? (strictly ? 'less than' : 'at most') : strictly ? 'more than' : 'at least';
  return `must ${unit === '' ? 'be' : 'have'} ${word} ${limit}${unit}`;
}

function sentence(text: string): string {
  const upper = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.?!]$/.test(upper) ? upper : `${upper}.`;
}
