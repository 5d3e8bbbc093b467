import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadProject } from '../../../src/config/load-project';
import { FUZZ_SEED, FUZZ_TIMES, numbersFrom } from '../../fuzz/fuzz-options';
import { projectFolder, removeFolders } from './support/project-folder';

const PIPELINES = join(__dirname, '../../../pipelines');
const FILES: Readonly<Record<string, string>> = Object.fromEntries(
  readdirSync(PIPELINES)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => [name, readFileSync(join(PIPELINES, name), 'utf8')]),
);
const PIECES = [
  '',
  ' ',
  '\n',
  '  ',
  ':',
  '- ',
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  '&a ',
  '*a',
  '!!binary ',
  '%',
  '|',
  '>',
  '?',
  '#',
  '\t',
  '---\n',
  '<<: ',
  'null',
  '1e999',
  '.nan',
  '${env:X}',
  '${',
  '\u0000',
  '\ud800',
  '💥',
  '__proto__: ',
  'constructor: ',
  '~',
];

afterEach(removeFolders);

/** Cuts, repeats, replaces and inserts at random places. */
function mangle(text: string, next: (limit: number) => number): string {
  let mangled = text;
  for (let changes = 1 + next(4); changes > 0; changes -= 1) {
    const from = next(mangled.length + 1);
    const to = Math.min(mangled.length, from + next(30));
    const piece = PIECES[next(PIECES.length)] ?? '';
    const middle = next(4) === 0 ? mangled.slice(from, to).repeat(2) : piece;
    mangled = mangled.slice(0, from) + middle + mangled.slice(to);
  }
  return mangled;
}

test.each(Array.from({ length: 12 * FUZZ_TIMES }, (_, index) => FUZZ_SEED + index))(
  'no YAML makes loading fail, seed %i',
  (seed) => {
    const next = numbersFrom(seed);
    for (let round = 0; round < 12; round += 1) {
      const files = Object.fromEntries(Object.entries(FILES).map(([name, text]) => [name, mangle(text, next)]));
      const folder = projectFolder(files);
      const { problems, project, locate } = loadProject({ folder, environment: 'local', env: {} });
      // Every problem stands at a place that exists, in one of the files.
      for (const problem of problems) {
        const source = files[problem.file.slice(folder.length + 1)] ?? '';
        const lines = source.split('\n');
        expect(problem.line).toBeGreaterThanOrEqual(1);
        expect(problem.line).toBeLessThanOrEqual(lines.length);
        expect(problem.column).toBeGreaterThanOrEqual(1);
        expect(problem.column).toBeLessThanOrEqual((lines[problem.line - 1] ?? '').length + 1);
        expect(problem.message).not.toBe('');
        expect(problem.fix).toMatch(/[.?!]$/);
      }
      expect(project === null).toBe(problems.length > 0);
      expect(locate('flights', 'transform[9].nowhere').line).toBeGreaterThanOrEqual(1);
    }
  },
);
