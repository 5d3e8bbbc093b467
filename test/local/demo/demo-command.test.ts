import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { DemoResult } from '../../../src/local/demo/render-result';
import { freePort, isPortFree } from '../../../src/local/services/free-port';

const REPOSITORY = path.resolve(__dirname, '../../..');
const FILES = path.join(REPOSITORY, 'node_modules/vega-datasets/data');
const CUT_ROWS = 20_000;

/** The real command in a process of its own, on a cut of the real files, with its own data folder and ports. */
describe('npm run demo', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'sluice demo '));
  const data = path.join(folder, 'data');
  const cuts = path.join(folder, 'cuts');
  let ports: string[];

  beforeAll(async () => {
    mkdirSync(cuts);
    for (const name of ['airports.csv', 'birdstrikes.csv']) copyFileSync(path.join(FILES, name), path.join(cuts, name));
    const instance = await DuckDBInstance.create();
    const connection = await instance.connect();
    const from = path.join(FILES, 'flights-3m.parquet').replaceAll("'", "''");
    const to = path.join(cuts, 'flights-3m.parquet').replaceAll("'", "''");
    await connection.run(`COPY (FROM '${from}' LIMIT ${CUT_ROWS}) TO '${to}'`);
    connection.closeSync();
    instance.closeSync();
    const base = await threeFreePorts();
    ports = ['--port', String(await freePort()), '--postgres-port', String(await freePort())];
    ports.push('--storage-port-base', String(base));
  });

  afterAll(async () => {
    await run('reset', []);
    rmSync(folder, { recursive: true, force: true });
  });

  function run(task: string, args: string[], signalOn?: string) {
    const child = spawn(process.execPath, [path.join(REPOSITORY, 'scripts/run.cjs'), task, ...args], {
      cwd: os.tmpdir(),
      env: { ...process.env, SLUICE_DATA_FOLDER: data, SLUICE_DEMO_DATA: cuts },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      if (signalOn !== undefined && stdout.includes(signalOn)) child.kill('SIGINT');
    });
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
      child.once('close', (code) => resolve({ code, stdout, stderr }));
    });
  }

  it('loads three pipelines, loads nothing twice and says so, and removes its data', async () => {
    const first = await run('demo', ['--json', ...ports]);
    expect([first.code, first.stderr]).toEqual([0, expect.stringContaining('Landed landing/flights')]);
    const result = JSON.parse(first.stdout) as DemoResult & { problems: string[] };
    expect(result.problems).toEqual([]);
    expect(result.run.status).toBe('Succeeded');
    const rows = Object.fromEntries(result.compared.map(({ pipeline, measures }) => [pipeline, measures[0]]));
    expect(rows).toMatchObject({
      airports: { duckdb: '3376' },
      birdstrikes: { duckdb: '10000' },
      flights: { duckdb: String(CUT_ROWS) },
    });
    expect(result.run.pipelines.map(({ pipeline, counts }) => [pipeline, counts.read]).sort()).toEqual([
      ['airports', 3376],
      ['birdstrikes', 10_000],
      ['flights', CUT_ROWS],
    ]);

    const second = await run('demo', ports);
    expect(second.code).toBe(0);
    expect(second.stdout).toMatch(/landing\/flights\/flights-3m\.parquet is there already, unchanged/);
    expect(second.stdout).toMatch(/flights: already loaded/);
    for (const row of Object.values(rows)) {
      expect(second.stdout).toContain(` ${Number(row?.postgres).toLocaleString('en-US')} `);
    }

    const reset = await run('reset', []);
    expect([reset.code, existsSync(data)]).toEqual([0, false]);
  }, 300_000);

  it('ends in order on Ctrl-C while it serves, and can be started again', async () => {
    const started = await run('start', ports, 'Ctrl-C ends.');
    expect(started.stdout).toContain('Stopping ...');
    expect([started.code, started.stderr]).toEqual([0, '']);
    const again = await run('start', ports, 'Ctrl-C ends.');
    expect(again.code).toBe(0);
  }, 120_000);

  it.each(['--port', '--postgres-port', '--storage-port-base'])(
    'names the port in use and the flag %s',
    async (flag) => {
      const other = createServer();
      await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
      const { port } = other.address() as { port: number };
      const args = [...ports];
      args[args.indexOf(flag) + 1] = String(port);
      const { code, stderr } = await run('demo', args);
      other.close();
      expect(code).toBe(1);
      expect(stderr).toContain(`Port ${port}`);
      expect(stderr).toContain(flag);
    },
  );

  it('says what is wrong with its flags', async () => {
    const { code, stderr } = await run('demo', ['--prot', '1']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('--prot')]);
  });
});

async function threeFreePorts(): Promise<number> {
  for (;;) {
    const base = 20_000 + Math.floor(Math.random() * 30_000);
    const free = await Promise.all([base, base + 1, base + 2].map(isPortFree));
    if (free.every(Boolean)) return base;
  }
}
