import type { JsonSchema } from './json-schema';
import type { YamlPath } from './yaml/yaml-path';

/** The keys that may stand in the map at a path, over all members of unions. */
export function allowedKeys(schema: JsonSchema, path: YamlPath): string[] {
  return [...new Set(schemasAt(schema, path).flatMap((inner) => Object.keys(inner.properties ?? {})))];
}

/** What the schema says about the value at a path, where it says anything. */
export function describedAt(schema: JsonSchema, path: YamlPath): string | undefined {
  return schemasAt(schema, path, false).find((inner) => inner.description !== undefined)?.description;
}

/** Every schema that applies at a path; `expand` replaces unions by their members. */
export function schemasAt(schema: JsonSchema, path: YamlPath, expand = true): JsonSchema[] {
  let level = [schema];
  for (const part of path) {
    level = level.flatMap(membersOf).flatMap((inner) => step(inner, part));
  }
  return expand ? level.flatMap(membersOf) : level;
}

function step(schema: JsonSchema, part: string | number): JsonSchema[] {
  if (typeof part === 'number') return schema.items === undefined ? [] : [schema.items];
  const property = schema.properties?.[part];
  if (property !== undefined) return [property];
  return typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : [];
}

function membersOf(schema: JsonSchema): JsonSchema[] {
  const members = schema.anyOf ?? schema.oneOf;
  return members === undefined ? [schema] : members.flatMap(membersOf);
}
