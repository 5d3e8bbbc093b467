import { jsonSchemaOf, type JsonSchema } from './json-schema';
import type { TwoSchemas } from './parse-located';
import { connection, type Connection } from './schema/connection';
import { FILE_SCHEMAS, type FileKind } from './schema/files';
import type { z } from 'zod';

/** The schemas of one kind of file. */
export function schemasOf<K extends FileKind>(kind: K): TwoSchemas<z.infer<(typeof FILE_SCHEMAS)[K]>> {
  return {
    zod: FILE_SCHEMAS[kind] as unknown as z.ZodType<z.infer<(typeof FILE_SCHEMAS)[K]>>,
    json: jsonSchemaOf(kind),
  };
}

/** The schemas of one member of connections.yaml. */
export function connectionSchemas(): TwoSchemas<Connection> {
  const members = jsonSchemaOf('connections').properties?.['connections']?.additionalProperties;
  const json: JsonSchema = typeof members === 'object' ? members : {};
  return { zod: connection, json };
}
