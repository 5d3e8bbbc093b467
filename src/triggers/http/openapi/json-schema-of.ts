import { z } from 'zod';

/** A JSON Schema (2020-12), as OpenAPI 3.1 takes it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * A zod schema as JSON Schema. What has an id goes to `components`, and a reference stands in its place. `input` is what a caller may send; in what
 * is answered objects stay open, since a later version may say more.
 */
export function jsonSchemaOf(
  schema: z.ZodType,
  direction: 'input' | 'output',
  components: Map<string, JsonSchema>,
): JsonSchema {
  const converted = z.toJSONSchema(schema, {
    io: direction,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      if (direction === 'output') delete jsonSchema.additionalProperties;
      // The format says the same; and every whole number of JSON is a safe one.
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    },
  });
  const { $schema: _, $defs = {}, ...rest } = converted as JsonSchema & { readonly $defs?: Record<string, JsonSchema> };
  for (const [name, definition] of Object.entries($defs)) components.set(name, withoutId(relocated(definition)));
  return relocated(rest);
}

function withoutId({ id: _, ...rest }: JsonSchema): JsonSchema {
  return rest;
}

/** References lead to the components of the document. */
function relocated(schema: JsonSchema): JsonSchema {
  const text = JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/');
  return JSON.parse(text) as JsonSchema;
}
