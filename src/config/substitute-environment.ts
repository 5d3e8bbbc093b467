import { shownValue } from './issues/shown-value';
import type { Problem } from './project';
import { mapScalars, type Located, type LocatedScalar } from './yaml/located';
import { formatPath, type YamlPath } from './yaml/yaml-path';

/** `${env:NAME}`, `${env:NAME:-default}`, `${param:name}`, `${secret:name}` and `${certificate:name}`; any other word is refused. */
const PLACEHOLDER = /\$\{([a-z]+):([^}:]*)(?::-([^}]*))?\}/g;
const KINDS: readonly string[] = ['env', 'param', 'secret', 'certificate'];

/** What stands around substitution: the environment, and where problems go. */
export interface Substitution {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly problems: Problem[];
  /** The path of the tree's root in its file. */
  readonly base?: YamlPath;
}

/**
 * Puts environment variables into every text of a tree. `${param:...}`, `${secret:...}` and `${certificate:...}` stay as they are. A missing
 * variable without a default is a problem that names it; values of variables never appear in problems.
 */
export function substituteEnvironment(tree: Located, context: Substitution): Located {
  return mapScalars(tree, (scalar, path) => substituted(scalar, path, context), context.base);
}

function substituted(scalar: LocatedScalar, path: YamlPath, context: Substitution): LocatedScalar {
  if (typeof scalar.value !== 'string' || !scalar.value.includes('${')) return scalar;
  const original = scalar.value;
  const report = (code: string, message: string, fix: string): void => {
    const value = shownValue(path, scalar.text);
    context.problems.push({ ...scalar.place, path: formatPath(path), code, message, value, fix, severity: 'error' });
  };
  const value = original.replace(PLACEHOLDER, (whole, kind: string, name: string, fallback: string | undefined) => {
    if (!KINDS.includes(kind)) {
      report(
        'unknown-placeholder',
        `'${whole}' is no placeholder`,
        'Write ${env:NAME}, ${param:name}, ${secret:name} or ${certificate:name}.',
      );
      return whole;
    }
    if (kind !== 'env') return whole;
    const found = Object.hasOwn(context.env, name) ? context.env[name] : undefined;
    if (found !== undefined && found !== '') return found;
    if (fallback !== undefined) return fallback;
    report(
      'missing-environment-variable',
      `the environment variable ${name} is not set`,
      `Set ${name} (an app setting in Azure, a value in the local settings file), or write \${env:${name}:-default}.`,
    );
    return whole;
  });
  if (value === original) return scalar;
  // Quoted or not: in a flow map the braces force quotes.
  const alone = /^\$\{env:[^}]*\}$/.test(original);
  return { ...scalar, value, ...(alone ? retyped(value) : {}) };
}

/** What plain YAML would have read, where that is no text. */
function retyped(text: string): { retyped?: number | boolean } {
  if (text === 'true' || text === 'false') return { retyped: text === 'true' };
  if (/^-?(0|[1-9]\d*)(\.\d+)?$/.test(text)) return { retyped: Number(text) };
  return {};
}
