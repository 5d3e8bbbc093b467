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

test('the table of routes says which role each takes', () => {
  const rows = [...DOCS.matchAll(/^\| \[`((?:GET|POST|PATCH) [^`]+)`\]\(#[^)]+\) +\|.*\| (\w+) +\|$/gm)];
  expect(rows.length).toBeGreaterThan(20);
  for (const [, route, role] of rows) {
    const actual = ROUTES.find((each) => `${each.method} /api/${each.route}` === route);
    expect([route, role]).toEqual([route, actual === undefined ? undefined : (actual.role ?? 'everybody')]);
  }
});
