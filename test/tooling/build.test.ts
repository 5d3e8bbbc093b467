import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const REPOSITORY = path.resolve(__dirname, '../..');

describe('build', () => {
  let clone: string;
  const file = (name: string): string => path.join(clone, name);

  beforeAll(() => {
    clone = mkdtempSync(path.join(os.tmpdir(), 'sluice build '));
    for (const name of ['bin/bootstrap.cjs', 'scripts/build.cjs', 'tsconfig.json', 'tsconfig.build.json']) {
      cpSync(path.join(REPOSITORY, name), file(name));
    }
    cpSync(path.join(REPOSITORY, 'package-lock.json'), file('package-lock.json'));
    symlinkSync(path.join(REPOSITORY, 'node_modules'), file('node_modules'));
    mkdirSync(file('src/part'), { recursive: true });
    writeFileSync(file('src/index.ts'), `export const answer: number = 42;\n`);
    writeFileSync(file('src/part/old.ts'), `export const old = 1;\n`);
  });

  afterAll(() => {
    rmSync(clone, { recursive: true });
  });

  function ensureBuilt() {
    const script = `require(${JSON.stringify(file('scripts/build.cjs'))}).ensureBuilt()`;
    return spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  }

  it('builds what is not built, and only that', () => {
    expect(ensureBuilt()).toMatchObject({ status: 0, stderr: 'Building ...\n' });
    expect(existsSync(file('dist/index.js'))).toBe(true);
    expect(existsSync(file('dist/part/old.js'))).toBe(true);
    expect(ensureBuilt()).toMatchObject({ status: 0, stderr: '' });
  });

  it('leaves nothing of a source that is gone', () => {
    rmSync(file('src/part/old.ts'));
    expect(ensureBuilt().stderr).toBe('Building ...\n');
    expect(existsSync(file('dist/part/old.js'))).toBe(false);
    expect(existsSync(file('dist/index.js'))).toBe(true);
  });

  it('fails on a type error, each time until it is mended', () => {
    writeFileSync(file('src/index.ts'), `export const answer: number = 'forty-two';\n`);
    expect(ensureBuilt()).toMatchObject({ status: 1, stderr: expect.stringContaining('TS2322') });
    expect(ensureBuilt().status).toBe(1);
    writeFileSync(file('src/index.ts'), `export const answer: number = 43;\n`);
    expect(ensureBuilt().status).toBe(0);
  });
});
