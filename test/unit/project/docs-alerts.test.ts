import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { jsonSchemaOf, type JsonSchema } from '../../../src/config/json-schema';
import { loadProject } from '../../../src/config/load-project';
import { fillReferenceTables } from '../../../src/config/reference-tables';
import { ALERT_KINDS } from '../../../src/model/alert';
import { CONNECTIONS, minimalPipeline, projectFolder, removeFolders } from '../config/support/project-folder';

const ROOT = join(__dirname, '../../..');
const docs = readFileSync(join(ROOT, 'docs/alerts.md'), 'utf8');
const examples = [...docs.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '');
afterEach(removeFolders);

test('the tables are current: npm run schema writes them', () => {
  expect(docs).toBe(fillReferenceTables(docs));
});

test.each(examples.map((example, index) => [index, example] as const))('example %i is valid', (_, example) => {
  const others = { 'airports.yaml': minimalPipeline('airports'), 'flights.yaml': minimalPipeline('flights') };
  const folder = projectFolder({ ...others, 'connections.yaml': CONNECTIONS, 'alerts.yaml': example });
  expect(loadProject({ folder, environment: 'local', env: {} }).problems).toEqual([]);
});

test('every key is shown in an example', () => {
  const shown = new Set<string>();
  const collect = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      shown.add(key);
      collect(inner);
    }
  };
  for (const example of examples) collect(parse(example));
  const known = new Set<string>();
  const walk = (schema: JsonSchema): void => {
    for (const [key, inner] of Object.entries(schema.properties ?? {})) {
      known.add(key);
      walk(inner);
    }
    for (const member of [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]) walk(member);
    if (schema.items !== undefined) walk(schema.items);
    if (typeof schema.additionalProperties === 'object') walk(schema.additionalProperties);
  };
  walk(jsonSchemaOf('alerts'));
  expect([...known].filter((key) => !shown.has(key))).toEqual([]);
});

test('every kind of alert is described, with what to do', () => {
  const runbook = readFileSync(join(ROOT, 'docs/runbooks/alerts.md'), 'utf8');
  const kinds = ALERT_KINDS.filter((kind) => kind !== 'test');
  expect(kinds.filter((kind) => !docs.includes(`\`${kind}\``))).toEqual([]);
  expect(kinds.filter((kind) => !runbook.includes(`| \`${kind}\` `))).toEqual([]);
});
