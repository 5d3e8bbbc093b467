import type { z } from 'zod';
import { explainIssues } from './issues/explain-issues';
import type { JsonSchema } from './json-schema';
import type { Problem } from './project';
import { mapScalars, toValue, type Located, type Place } from './yaml/located';
import { formatPath, type YamlPath } from './yaml/yaml-path';

/** A schema in both its forms: one parses, the other explains. */
export interface TwoSchemas<T> {
  readonly zod: z.ZodType<T>;
  readonly json: JsonSchema;
}

export type ParsedLocated<T> =
  | { readonly value: T; readonly problems: readonly never[] }
  | { readonly value: null; readonly problems: readonly Problem[] };

/** Where a tree's root stands, when it is not a file of its own. */
export interface Root {
  readonly path: YamlPath;
  readonly key: Place | undefined;
}

/**
 * Parses a tree. Environment variables are texts: where the schema wants none,
 * the value is read as plain YAML would have been and tried once more, so that a user name of digits stays a text.
 */
export function parseLocated<T>(tree: Located, schemas: TwoSchemas<T>, root?: Root): ParsedLocated<T> {
  const first = schemas.zod.safeParse(toValue(tree));
  if (first.success) return { value: first.data, problems: [] };
  const context = { schema: schemas.json, rootKey: root?.key };
  const refused = new Set(explainIssues(first.error.issues, { ...context, root: tree }).map(({ path }) => path));
  const again = mapScalars(tree, (scalar, path) =>
    scalar.retyped !== undefined && refused.has(formatPath(path)) ? { ...scalar, value: scalar.retyped } : scalar,
  );
  const second = schemas.zod.safeParse(toValue(again));
  if (second.success) return { value: second.data, problems: [] };
  const problems = explainIssues(second.error.issues, { ...context, root: again });
  return {
    value: null,
    problems: problems.map((problem) => ({ ...problem, path: below(root?.path ?? [], problem.path) })),
  };
}

function below(base: YamlPath, path: string): string {
  const start = formatPath(base);
  if (start === '' || path === '') return start + path;
  return path.startsWith('[') ? `${start}${path}` : `${start}.${path}`;
}
