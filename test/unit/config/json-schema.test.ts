import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jsonSchemaOf, jsonSchemaText, type JsonSchema } from '../../../src/config/json-schema';

test('pipelines/schema.json is current: npm run schema writes it', () => {
  const written = readFileSync(join(__dirname, '../../../pipelines/schema.json'), 'utf8');
  expect(written).toBe(jsonSchemaText());
});

test.each(['pipeline', 'connections', 'overlay'] as const)('every key of a %s file is described', (kind) => {
  const bare: string[] = [];
  const walk = (schema: JsonSchema, path: string): void => {
    for (const [key, inner] of Object.entries(schema.properties ?? {})) {
      if (inner.description === undefined) bare.push(`${path}.${key}`);
      walk(inner, `${path}.${key}`);
    }
    for (const member of [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]) walk(member, path);
    if (schema.items !== undefined) walk(schema.items, `${path}[]`);
    if (typeof schema.additionalProperties === 'object') walk(schema.additionalProperties, `${path}.*`);
  };
  walk(jsonSchemaOf(kind), kind);
  expect(bare).toEqual([]);
});
