import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROUTES } from '../../../src/triggers/http/routes';

const DOCS = readFileSync(path.join(__dirname, '../../../docs/api.md'), 'utf8');

test.each(ROUTES.map(({ method, route }) => `${method} /api/${route}`))('%s is described', (route) => {
  expect(DOCS).toContain(`\n## ${route}\n`);
});

test('nothing is described that is not there', () => {
  const described = [...DOCS.matchAll(/^## ((?:GET|POST|PATCH) .*)$/gm)].map(([, route]) => route);
  expect(described.toSorted()).toEqual(ROUTES.map(({ method, route }) => `${method} /api/${route}`).toSorted());
});
