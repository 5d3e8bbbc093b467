import { readFileSync } from 'node:fs';
import path from 'node:path';

interface LockEntry {
  readonly hasInstallScript?: boolean;
  readonly resolved?: string;
}

const ROOT = path.resolve(__dirname, '../..');
const read = (name: string): string => readFileSync(path.join(ROOT, name), 'utf8');
const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, LockEntry> };
const manifest = JSON.parse(read('package.json')) as {
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
  allowScripts: Record<string, boolean>;
};

describe('package', () => {
  it('locks a version for every platform, so that npm ci accepts the lock file', () => {
    const { missingEntries } = require('../../scripts/complete-lock.cjs') as {
      missingEntries(packages: unknown): Record<string, unknown>;
    };
    expect(missingEntries(lock.packages)).toEqual({});
  });

  it('names no registry in the lock file', () => {
    expect(Object.values(lock.packages).filter(({ resolved }) => resolved !== undefined)).toEqual([]);
  });

  it('decides on the install script of every package that has one', () => {
    const withScript = Object.entries(lock.packages).filter(([, { hasInstallScript }]) => hasInstallScript === true);
    const names = withScript.map(([folder]) => folder.replace(/^.*node_modules\//, ''));
    expect(names.filter((name) => manifest.allowScripts[name] === undefined)).toEqual([]);
  });

  it('starts every script through the bootstrap', () => {
    for (const [name, command] of Object.entries(manifest.scripts)) {
      expect(command).toBe(`node scripts/run.cjs ${name}`);
    }
  });

  it('says in docs/dependencies.md why each runtime dependency is there', () => {
    const document = read('docs/dependencies.md');
    expect(Object.keys(manifest.dependencies).filter((name) => !document.includes(`\`${name}\``))).toEqual([]);
  });
});
