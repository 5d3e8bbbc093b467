import { z } from 'zod';
import { FILE_SCHEMAS, type FileKind } from './schema/files';

/** The part of JSON Schema (2020-12) that `z.toJSONSchema` makes of our schemas. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
}

const cache = new Map<FileKind, JsonSchema>();

/** The JSON Schema of one kind of file, as it is written: before defaults. */
export function jsonSchemaOf(kind: FileKind): JsonSchema {
  const known = cache.get(kind);
  if (known !== undefined) return known;
  const made = z.toJSONSchema(FILE_SCHEMAS[kind], { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  cache.set(kind, made);
  return made;
}

/** The text of `pipelines/schema.json`: editors check pipeline, connection, alert and overlay files against it. */
export function jsonSchemaText(): string {
  const [pipelineSchema, connections, overlay, alerts] = (
    ['pipeline', 'connections', 'overlay', 'alerts'] as const
  ).map((kind) => {
    const { $schema: _dialect, ...schema } = jsonSchemaOf(kind) as JsonSchema & { readonly $schema?: string };
    return schema;
  });
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Sluice: a pipeline, the connections file, the alerts file, or the overlay of an environment',
    description: 'Generated from the schemas in src/config/schema by npm run schema; do not edit.',
    if: { required: ['pipeline'] },
    then: { $ref: '#/$defs/pipeline' },
    else: {
      if: { required: ['channels'] },
      then: { $ref: '#/$defs/alerts' },
      else: {
        if: { required: ['pipelines'] },
        then: { $ref: '#/$defs/overlay' },
        else: { anyOf: [{ $ref: '#/$defs/connections' }, { $ref: '#/$defs/overlay' }] },
      },
    },
    $defs: { pipeline: pipelineSchema, connections, overlay, alerts },
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}
