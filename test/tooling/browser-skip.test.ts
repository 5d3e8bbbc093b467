import { spawnSync } from 'node:child_process';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../..');

/** A browser that is missing must not look like tests that pass. */
describe('tests in a browser, where there is none', () => {
  const run = (env: Readonly<Record<string, string>>) => {
    const jest = path.join(ROOT, 'node_modules/jest/bin/jest.js');
    const { CI: _, ...inherited } = process.env;
    const { status, stdout, stderr } = spawnSync(process.execPath, [jest, '--verbose', 'test/browser/dashboard'], {
      cwd: ROOT,
      encoding: 'utf8',
      env: { ...inherited, CHROMIUM_PATH: '/nowhere/chromium', ...env },
    });
    return { status, output: `${stdout}${stderr}` };
  };

  it('are skipped with the reason', () => {
    const { status, output } = run({});
    expect(output).toMatch(/needs Chromium: apt-get install chromium/);
    expect(output).toMatch(/Tests: +\d+ skipped/);
    expect(status).toBe(0);
  });

  it('fail in continuous integration', () => {
    const { status, output } = run({ CI: 'true' });
    expect(output).toContain('No browser was found at /nowhere/chromium');
    expect(status).toBe(1);
  });
});
