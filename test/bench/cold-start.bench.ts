import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../../src/local/services/free-port';
import { claimStorageAccount } from '../support/azurite';
import { readZip, unzip } from '../support/unzip';
import type { BenchSection } from './bench-section';

const ROOT = path.join(__dirname, '../..');
const ROUNDS = 7;
const execute = promisify(execFile);

interface Started {
  readonly ms: readonly number[];
  readonly memory: number;
}

/** The packaged app and a hello-world function: until the first answer, and how big they are. */
export async function run(): Promise<BenchSection> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-bench-cold-'));
  try {
    const args = [path.join(ROOT, 'scripts/run.cjs'), 'package', '--json', '--out', path.join(folder, 'sluice.zip')];
    const report = JSON.parse((await execute(process.execPath, args)).stdout) as {
      bytes: number;
      unpackedBytes: number;
      files: number;
    };
    const sluice = path.join(folder, 'sluice');
    unzip(readZip(await readFile(path.join(folder, 'sluice.zip'))), sluice);
    const hello = path.join(folder, 'hello');
    await cp(path.join(__dirname, 'apps/hello'), hello, { recursive: true });
    for (const name of await dependenciesOf('@azure/functions'))
      await cp(path.join(ROOT, 'node_modules', name), path.join(hello, 'node_modules', name), { recursive: true });
    await execute('tar', ['-czf', path.join(folder, 'hello.tgz'), '-C', hello, '.']);
    const helloBytes = (await stat(path.join(folder, 'hello.tgz'))).size;
    const helloUnpacked = await sizeOf(hello);
    const own = await startOften(sluice, path.join(folder, 'data'));
    const other = await startOften(hello, path.join(folder, 'data'));
    const median = ({ ms }: Started): number => ms.toSorted((a, b) => a - b)[Math.floor(ms.length / 2)]!;
    const least = ({ ms }: Started): number => Math.min(...ms);
    const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
    const row = (name: string, started: Started, packed: number, unpacked: number, files: number): string[] => [
      name,
      `${Math.round(least(started))} ms`,
      `${Math.round(median(started))} ms`,
      `${Math.round(started.memory / 2 ** 20)} MB`,
      mb(packed),
      mb(unpacked),
      files.toLocaleString('en'),
    ];
    return {
      title: 'Cold start and package',
      intro: `From the start of a process until the first answer over HTTP, ${ROUNDS} times each, on the embedded host with a warm disk cache; both load their packed dependencies and nothing else. The peer is a function that says hello. The host itself, without any app, is in both.`,
      columns: ['', 'best', 'median', 'memory then', 'package', 'unpacked', 'files'],
      rows: [
        row('Sluice, deployment package', own, report.bytes, report.unpackedBytes, report.files),
        row('hello world', other, helloBytes, helloUnpacked, await filesOf(hello)),
        [
          'difference',
          `${Math.round(least(own) - least(other))} ms`,
          `${Math.round(median(own) - median(other))} ms`,
          '',
          '',
          '',
          '',
        ],
      ],
      notes: [
        'In Azure the platform adds the time to get an instance and to mount the package, which cannot be measured here; what differs between the two apps is the time to load their code, and that is the difference above.',
        'Most of the package is the native engine, DuckDB. The package of the peer is a tar file with gzip.',
      ],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function startOften(app: string, data: string): Promise<Started> {
  const ms: number[] = [];
  let memory = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const storage = await claimStorageAccount();
    const port = await freePort();
    const began = performance.now();
    const child = spawn(
      process.execPath,
      [
        path.join(ROOT, 'dist/local/host/main.js'),
        '--app',
        app,
        '--port',
        String(port),
        '--data',
        `${data}-${path.basename(app)}-${round}`,
      ],
      {
        env: {
          ...process.env,
          AzureWebJobsStorage: storage.connectionString,
          SLUICE_PIPELINES_FOLDER: path.join(ROOT, 'pipelines'),
          WAREHOUSE_HOST: '127.0.0.1',
        },
        stdio: 'ignore',
      },
    );
    try {
      for (const deadline = Date.now() + 60_000; ; await sleep(2)) {
        const answer = await fetch(`http://127.0.0.1:${port}/api/health`).catch(() => undefined);
        const text = await answer?.text();
        if (answer !== undefined && text !== '') break;
        if (Date.now() > deadline || child.exitCode !== null) throw new Error(`${app} did not answer.`);
      }
      ms.push(performance.now() - began);
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
      memory = Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
  return { ms, memory };
}

/** A package and all that it needs, by name. */
async function dependenciesOf(name: string): Promise<string[]> {
  const found = new Set([name]);
  for (const one of found) {
    const text = await readFile(path.join(ROOT, 'node_modules', one, 'package.json'), 'utf8');
    for (const needed of Object.keys(
      (JSON.parse(text) as { dependencies?: Record<string, string> }).dependencies ?? {},
    ))
      found.add(needed);
  }
  return [...found];
}

async function sizeOf(folder: string): Promise<number> {
  const sizes = await Promise.all((await filesIn(folder)).map(async (file) => (await stat(file)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function filesOf(folder: string): Promise<number> {
  return (await filesIn(folder)).length;
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => path.join(parentPath, name));
}
