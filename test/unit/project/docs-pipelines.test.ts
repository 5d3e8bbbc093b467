import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { jsonSchemaOf, type JsonSchema } from '../../../src/config/json-schema';
import { loadProject } from '../../../src/config/load-project';
import { fillReferenceTables } from '../../../src/config/reference-tables';
import { checkProject } from '../../../src/project/check-project';
import { docsFiles } from './support/docs-files';
import { testEngine } from './support/test-engine';
import { CONNECTIONS as USUAL, minimalPipeline, projectFolder, removeFolders } from '../config/support/project-folder';

const docs = readFileSync(join(__dirname, '../../../docs/pipelines.md'), 'utf8');
const examples = [...docs.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '');

/** With a web API and Azure tables, which few examples read. */
const CONNECTIONS = `${USUAL}  shop: { kind: http, baseUrl: https://shop.example.com/api }\n  registry: { kind: tables }\n`;
const engine = testEngine();
afterEach(removeFolders);

test('the tables are current: npm run schema writes them', () => {
  expect(docs).toBe(fillReferenceTables(docs));
  expect(docs).toMatch(/\| `writeDisposition` +\| `append`, `replace`, `merge` +\| required/);
});

/** A folder in which an example stands as what it is: connections, an overlay, a pipeline, or a part of one. */
function folderOf(example: string): Record<string, string> {
  return { ...definitionsOf(example), ...docsFiles(docs) };
}

function definitionsOf(example: string): Record<string, string> {
  const value = parse(example) as Record<string, unknown>;
  const others = { 'airports.yaml': minimalPipeline('airports'), 'flights.yaml': minimalPipeline('flights') };
  if ('pipelines' in value || 'guards' in value) {
    const alerts = 'channels: { log: { kind: log } }\nroutes: []\n';
    return { ...others, 'alerts.yaml': alerts, 'connections.yaml': CONNECTIONS, 'environments/local.yaml': example };
  }
  if ('connections' in value) return { ...others, 'connections.yaml': example };
  if ('pipeline' in value) {
    const name = String(value['pipeline']);
    return { ...others, 'connections.yaml': CONNECTIONS, [`${name}.yaml`]: example };
  }
  const missing = minimalPipeline('example')
    .split('\n')
    .filter((line) => !Object.keys(value).some((key) => line.startsWith(`${key}:`)));
  return { ...others, 'connections.yaml': CONNECTIONS, 'example.yaml': `${missing.join('\n')}\n${example}` };
}

test.each(examples.map((example, index) => [index + 1, example]))('example %i is valid', async (_number, example) => {
  const env = { WAREHOUSE_HOST: 'h', WAREHOUSE_DATABASE: 'd', WAREHOUSE_USER: 'u' };
  const loaded = loadProject({ folder: projectFolder(folderOf(example)), environment: 'local', env });
  const { problems } = await checkProject(loaded, engine);
  expect(problems).toEqual([]);
});

test('every key stands in an example', () => {
  const shown = new Set<string>();
  const collect = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(collect);
    else if (typeof node === 'object' && node !== null) {
      for (const [key, value] of Object.entries(node)) {
        shown.add(key);
        collect(value);
      }
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
  for (const kind of ['pipeline', 'connections', 'overlay'] as const) walk(jsonSchemaOf(kind));
  expect([...known].filter((key) => !shown.has(key))).toEqual([]);
});
