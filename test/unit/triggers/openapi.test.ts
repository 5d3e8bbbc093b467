import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { DESCRIPTIONS } from '../../../src/triggers/http/openapi/descriptions';
import { openApiDocument } from '../../../src/triggers/http/openapi/openapi-document';
import { API_PAGE_POLICY, renderApiPage } from '../../../src/triggers/http/openapi/render-api-page';
import type { RouteDescription } from '../../../src/triggers/http/openapi/route-description';
import { ROUTES } from '../../../src/triggers/http/routes';

const ROOT = path.join(__dirname, '../../..');
const document = openApiDocument(ROUTES, DESCRIPTIONS, '/api');
const descriptions = Object.entries<RouteDescription>(DESCRIPTIONS).map(([name, description]) => ({
  name,
  ...description,
}));

test('is OpenAPI 3.1, by a validator of others', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-openapi-'));
  const file = path.join(folder, 'openapi.json');
  await writeFile(file, JSON.stringify(document));
  // The validator is an ECMAScript module, which Jest does not load.
  const program = `import { Validator } from '@seriousme/openapi-schema-validator';
    const validator = new Validator();
    const { valid, errors } = await validator.validate(${JSON.stringify(file)});
    console.log(JSON.stringify({ valid, errors, version: validator.version }));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], { cwd: ROOT });
  await rm(folder, { recursive: true });
  expect(JSON.parse(stdout)).toEqual({ valid: true, version: '3.1' });
});

test.each(ROUTES.map(({ name, method, route }) => [`${method} /${route}`, name]))('%s is in it', (address, name) => {
  const [method = '', route = ''] = address.split(' ');
  const operation = document.paths[route]?.[method.toLowerCase()];
  expect(operation).toMatchObject({ summary: expect.any(String) as string });
  const named = [...route.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
  const inPath = operation!.parameters.filter((parameter) => parameter.in === 'path' && parameter.required);
  expect(inPath.map((parameter) => parameter.name)).toEqual(named);
  expect(operation!['x-sluice-role']).toBe(ROUTES.find((each) => each.name === name)!.role);
});

test('every reference leads to a component, and every component is referred to', () => {
  const text = JSON.stringify(document);
  const referred = new Set([...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name));
  expect([...referred].toSorted()).toEqual(Object.keys(document.components.schemas).toSorted());
});

test.each(descriptions.flatMap(({ name, body, bodyExample }) => (body ? [{ name, body, bodyExample }] : [])))(
  'the example of a body of $name is one that it takes',
  ({ body, bodyExample }) => {
    expect(body.safeParse(bodyExample)).toMatchObject({ success: true });
  },
);

test.each(
  descriptions.flatMap(({ name, answer: { schema, example } }) =>
    schema && example !== undefined ? [{ name, schema, example }] : [],
  ),
)('the example of an answer of $name is one that it gives', ({ schema, example }) => {
  expect(schema.safeParse(example)).toMatchObject({ success: true });
});

test('the codes of problems have runbooks', () => {
  const codes = new Set(descriptions.flatMap(({ problems = [] }) => problems));
  const missing = [...codes].filter((code) => !existsSync(path.join(ROOT, 'docs/runbooks', `${code}.md`)));
  expect(missing).toEqual([]);
});

test('problems stand under the statuses that the routes answer with', () => {
  const { responses } = document.paths['/pipelines/{name}/runs']!['post']!;
  expect(responses['404']).toMatchObject({ description: '`unknown-pipeline`' });
  expect(document.paths['/runs']!['post']!.responses['422']!.description).toContain('`unknown-pipeline`');
});

test('who is not known or may not is told so wherever a role is needed, and nowhere else', () => {
  const statusesOf = (address: string): readonly string[] => Object.keys(document.paths[address]!['get']!.responses);
  expect(statusesOf('/runs')).toEqual(expect.arrayContaining(['401', '403', '429', '503']));
  expect(statusesOf('/health')).not.toContain('401');
});

test('the page shows every route, escapes what is not HTML, and runs no script', () => {
  const page = renderApiPage({
    ...document,
    info: { ...document.info, description: '<script>alert(1)</script> & more' },
  });
  for (const { route } of ROUTES) expect(page).toContain(`/api/${route}`);
  expect(page).not.toContain('<script');
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt; &amp; more');
  expect(API_PAGE_POLICY).toMatch(/^default-src 'none'; style-src 'sha256-/);
});
