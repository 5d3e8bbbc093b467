import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const REPOSITORY = path.resolve(__dirname, '../..');

/** The count on the last line is what continuous integration goes by, so it must not be able to lie. */
describe('npm test', () => {
  let clone: string;

  beforeEach(() => {
    clone = mkdtempSync(path.join(os.tmpdir(), 'sluice test '));
    for (const name of ['bin', 'scripts']) mkdirSync(path.join(clone, name));
    for (const name of ['bin/bootstrap.cjs', 'scripts/test.cjs']) {
      cpSync(path.join(REPOSITORY, name), path.join(clone, name));
    }
    symlinkSync(path.join(REPOSITORY, 'node_modules'), path.join(clone, 'node_modules'));
    writeFileSync(path.join(clone, 'jest.config.cjs'), `module.exports = { testMatch: ['**/*.test.js'] };`);
  });

  afterEach(() => {
    rmSync(clone, { recursive: true });
  });

  function run(tests: Record<string, string>) {
    for (const [name, text] of Object.entries(tests)) writeFileSync(path.join(clone, name), text);
    const script = `require('./scripts/test.cjs').main(['--no-cache', '.test.js'])`;
    const { status, stdout } = spawnSync(process.execPath, ['-e', script], { cwd: clone, encoding: 'utf8' });
    return { status, lines: stdout.trimEnd().split('\n') };
  }

  it('ends with the count and 0 where all passes', () => {
    const { status, lines } = run({ 'a.test.js': `it('a', () => {}); it('b', () => {});` });
    expect(lines.at(-1)).toBe('2 passed, 0 failed');
    expect(status).toBe(0);
  });

  it('counts a failing test, one that was skipped, and a file that cannot run', () => {
    const { status, lines } = run({
      'a.test.js': `it('a', () => {}); it('b', () => { throw new Error('no'); }); it.skip('c', () => {});`,
      'b.test.js': `this is no program`,
    });
    expect(lines.slice(-2)).toEqual(['1 skipped', '1 passed, 2 failed']);
    expect(status).toBe(1);
  });

  it('does not pass where nothing ran', () => {
    const { status, lines } = run({});
    expect(lines.at(-1)).toBe('0 passed, 1 failed');
    expect(status).toBe(1);
  });
});
