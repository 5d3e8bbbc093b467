import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { toFailure } from '../../../src/errors/to-failure';

const ROOT = join(__dirname, '../../..');
const RUNBOOKS = join(ROOT, 'docs/runbooks');
/** Pages that are about no one code. */
const GENERAL = [
  'README.md',
  'operations.md',
  'alerts.md',
  'rotate-a-key.md',
  'rotate-a-secret.md',
  'restore-database.md',
  'restore-storage-account.md',
  'lose-a-region.md',
];

/** The source of every class that descends from `SluiceError`, wherever it stands. */
const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, text: readFileSync(join(ROOT, 'src', file), 'utf8') }))
  .filter(({ text }) => /class \w+ extends (Sluice|Engine)Error/.test(text) && !text.includes('abstract class'));

/** The codes of one source: `code: 'a'` and `code: condition ? 'a' : 'b'`. */
const codesOf = (text: string): string[] =>
  [...text.matchAll(/\bcode: ([^\n]*?'[a-z][a-z-]*'[^\n]*)/g)].flatMap(([, value]) =>
    [...(value ?? '').split(', nextAction')[0]!.matchAll(/'([^']+)'/g)].map(([, code]) => code ?? ''),
  );

const codes = [...sources.flatMap(({ text }) => codesOf(text)), 'unexpected-error'];
const pages = readdirSync(RUNBOOKS)
  .filter((page) => page.endsWith('.md') && !GENERAL.includes(page))
  .map((page) => page.slice(0, -'.md'.length));

test('the scan finds the errors', () => {
  expect(codes.length).toBeGreaterThan(50);
  expect(codes).toEqual(expect.arrayContaining(['storage-unavailable', 'storage-refused', 'unknown-pipeline']));
});

test('every code has a page and every page a code', () => {
  expect(pages.sort()).toEqual([...new Set(codes)].sort());
});

test('every code is kebab-case and belongs to one class', () => {
  expect(codes.filter((code) => !/^[a-z]+(-[a-z]+)*$/.test(code))).toEqual([]);
  expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
});

test.each(sources.map(({ file, text }) => [file, text]))('%s has class, code and next action', (_file, text) => {
  expect(codesOf(text).length).toBeGreaterThan(0);
  expect(text).toMatch(/\bclass: [^,]*'(transient|persistent|business|infrastructure)'/);
  expect(text).toMatch(/\bnextAction(:|,| \})/);
  expect(text).not.toMatch(/\bnextAction:\s*(''|""|``)/);
});

test('every page has the title of its code and says what happened, why, and what to do', () => {
  for (const page of pages) {
    const text = readFileSync(join(RUNBOOKS, `${page}.md`), 'utf8');
    expect(text.split('\n', 1)[0]).toBe(`# ${page}`);
    for (const part of ['What happened.', 'Why.', 'What to do.'])
      expect([page, text]).toEqual([page, expect.stringContaining(`**${part}**`)]);
  }
});

test('the index lists every page', () => {
  const index = readFileSync(join(RUNBOOKS, 'README.md'), 'utf8');
  const listed = [...index.matchAll(/^\| \[`([a-z-]+)`\]\(\1\.md\)/gm)].map(([, code]) => code);
  expect(listed.sort()).toEqual([...pages].sort());
});

test('links from page to page lead somewhere', () => {
  for (const page of readdirSync(RUNBOOKS)) {
    const text = readFileSync(join(RUNBOOKS, page), 'utf8');
    for (const [, target] of text.matchAll(/\]\(([^)#:]+\.md)/g)) {
      expect([page, target, existsSync(join(RUNBOOKS, target ?? ''))]).toEqual([page, target, true]);
    }
  }
});

test('the runbook of an unknown error is there', () => {
  expect(existsSync(join(ROOT, toFailure(new Error('no idea')).runbook))).toBe(true);
});
