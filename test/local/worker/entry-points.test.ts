import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { entryPoints } from '../../../src/local/worker/entry-points';

describe('entryPoints', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'sluice-app-'));
    for (const file of ['src/b.js', 'src/a.js', 'src/deep/c.js', 'index.js', 'node_modules/x/src/y.js']) {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      writeFileSync(path.join(folder, file), '');
    }
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each([
    ['index.js', ['index.js']],
    ['./index', ['index.js']],
    ['src/a.js', ['src/a.js']],
    ['src/*.js', ['src/a.js', 'src/b.js']],
    ['{index.js,src/**/*.js}', ['index.js', 'src/a.js', 'src/b.js', 'src/deep/c.js']],
  ])('takes "main": %p for %p', (main, files) => {
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ main }));
    expect(entryPoints(folder).map((file) => path.relative(folder, file))).toEqual(files);
  });

  it.each([
    ['{}', 'has no "main"'],
    ['{ "main": "dist/*.js" }', 'No file matches "main": "dist/*.js"'],
    ['{', 'is not valid JSON'],
  ])('explains %p', (text, message) => {
    writeFileSync(path.join(folder, 'package.json'), text);
    expect(() => entryPoints(folder)).toThrow(message);
  });

  it('explains a folder without package.json', () => {
    expect(() => entryPoints(folder)).toThrow('it has no package.json');
  });
});
