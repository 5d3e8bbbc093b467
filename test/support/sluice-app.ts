import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BlobServiceClient } from '@azure/storage-blob';
import type { RunRecord } from '../../src/durable/contracts/run-record';
import { isEnded } from '../../src/model/status';
import { claimStorageAccount, type TestStorage } from './azurite';
import { createTestDatabase, type TestDatabase } from './postgres';

const ROOT = path.join(__dirname, '../..');
const START_TIMEOUT_MS = 60_000;

export interface SluiceAppOptions {
  /** The app's folder; the repository, with its build, when absent. */
  readonly appFolder?: string;
  /** The pipelines folder; the demo's when absent. It is copied, so that a test may change its copy. */
  readonly pipelines?: string;
  /** Changes to files of the copy, by file name, made before the app starts. */
  readonly edit?: Readonly<Record<string, (yaml: string) => string>>;
  /** Further environment of the app. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A whole Sluice app on the embedded host, in its own process, with its own storage account and database. */
export interface SluiceApp {
  readonly baseUrl: string;
  /** Process id of the host, which is another one after each restart. */
  pid(): number;
  readonly storage: TestStorage;
  readonly database: TestDatabase;
  /** The app's own copy of the pipelines folder. */
  readonly pipelinesFolder: string;
  /** Uploads a local file, or bytes, as a blob. */
  land(container: string, name: string, content: string | Buffer): Promise<void>;
  /** Deletes the blobs of a container that begin with the prefix. */
  forget(container: string, prefix: string): Promise<void>;
  /** Sends a request to the app; the path begins with `/api`. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each route has a shape of its own, which its test looks into
  request(method: string, path: string, body?: unknown): Promise<{ status: number; headers: Headers; json: any }>;
  /** Starts a run and gives its id. */
  start(body?: { pipelines?: readonly string[]; parameters?: Record<string, unknown> }): Promise<string>;
  /** Waits until the run has ended. */
  ended(runId: string, seconds?: number): Promise<RunRecord>;
  /** Ends the host without warning, as a crash does. */
  kill(): Promise<void>;
  /** Starts the host again on the same data, after `kill`. */
  restart(env?: Readonly<Record<string, string>>): Promise<void>;
  /** What the host wrote so far. */
  log(): Promise<string>;
  stop(): Promise<void>;
}

/** Starts the built app (`dist`) on the embedded host. Call `stop` in `afterAll`. */
export async function startSluiceApp(options: SluiceAppOptions = {}): Promise<SluiceApp> {
  const [storage, database, folder] = await Promise.all([
    claimStorageAccount(),
    createTestDatabase(),
    mkdtemp(path.join(os.tmpdir(), 'sluice-app-')),
  ]);
  const pipelinesFolder = path.join(folder, 'pipelines');
  await cp(options.pipelines ?? path.join(ROOT, 'pipelines'), pipelinesFolder, { recursive: true });
  for (const [file, change] of Object.entries(options.edit ?? {})) {
    const place = path.join(pipelinesFolder, file);
    const before = await readFile(place, 'utf8');
    const after = change(before);
    if (after === before) throw new Error(`The edit of ${file} changed nothing.`);
    await writeFile(place, after);
  }
  const port = await freePort();
  const baseUrl = `http://127.0.0.1:${port}`;
  const logFile = path.join(folder, 'host.log');
  const env = {
    ...process.env,
    AzureWebJobsStorage: storage.connectionString,
    SLUICE_ENVIRONMENT: 'local',
    SLUICE_PIPELINES_FOLDER: pipelinesFolder,
    WAREHOUSE_HOST: database.host,
    WAREHOUSE_PORT: String(database.port),
    WAREHOUSE_DATABASE: database.database,
    WAREHOUSE_USER: database.user,
    WAREHOUSE_TLS: 'off',
    SLUICE_SECRET_WAREHOUSE_PASSWORD: database.password,
    ...options.env,
  };
  let host: ChildProcess | undefined;

  const launch = async (further: Readonly<Record<string, string>> = {}): Promise<void> => {
    const output = await open(logFile, 'a');
    const args = ['--app', options.appFolder ?? ROOT, '--port', String(port), '--data', path.join(folder, 'data')];
    const child = spawn(process.execPath, [path.join(ROOT, 'bin/sluice-host.cjs'), ...args], {
      env: { ...env, ...further },
      stdio: ['ignore', output.fd, output.fd],
    });
    host = child;
    await output.close();
    for (const deadline = Date.now() + START_TIMEOUT_MS; ; await sleep(50)) {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`The host ended:\n${await readFile(logFile, 'utf8')}`);
      const answer = await fetch(`${baseUrl}/api/health`).catch(() => undefined);
      // A host that is still starting answers 503 without a body; the app itself says more.
      const starting = answer?.status === 404 || (answer?.status === 503 && (await answer.text()) === '');
      if (answer !== undefined && !starting) return;
      if (Date.now() > deadline) throw new Error(`The host did not answer:\n${await readFile(logFile, 'utf8')}`);
    }
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const child = host;
    host = undefined;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  };

  const blobs = BlobServiceClient.fromConnectionString(storage.connectionString);
  const app: SluiceApp = {
    baseUrl,
    pid: () => host?.pid ?? 0,
    storage,
    database,
    pipelinesFolder,
    land: async (container, name, content) => {
      const client = blobs.getContainerClient(container);
      await client.createIfNotExists();
      const blob = client.getBlockBlobClient(name);
      if (typeof content === 'string') await blob.uploadFile(content);
      else await blob.uploadData(content);
    },
    forget: async (container, prefix) => {
      const client = blobs.getContainerClient(container);
      let found = 0;
      for await (const { name } of client.listBlobsFlat({ prefix })) {
        await client.deleteBlob(name);
        found += 1;
      }
      if (found === 0) throw new Error(`Nothing in ${container} begins with ${prefix}.`);
    },
    request: async (method, route, body) => {
      const init: RequestInit = { method };
      if (body !== undefined) {
        init.headers = { 'content-type': 'application/json' };
        init.body = JSON.stringify(body);
      }
      const answer = await fetch(`${baseUrl}${route}`, init);
      const text = await answer.text();
      return { status: answer.status, headers: answer.headers, json: text === '' ? undefined : JSON.parse(text) };
    },
    start: async (body = {}) => {
      const answer = await app.request('POST', '/api/runs', body);
      if (answer.status !== 202) throw new Error(`The run did not start: ${JSON.stringify(answer.json)}`);
      return (answer.json as { runId: string }).runId;
    },
    ended: async (runId, seconds = 150) => {
      for (const deadline = Date.now() + seconds * 1000; ; await sleep(100)) {
        const { status, json } = await app.request('GET', `/api/runs/${runId}`);
        if (json === undefined) throw new Error(`GET of ${runId} gave ${status} and no body:\n${await app.log()}`);
        const run = json as RunRecord;
        if (run.status !== undefined && isEnded(run.status)) return run;
        if (Date.now() > deadline) {
          throw new Error(`${runId} did not end in ${seconds} s: ${JSON.stringify(run)}\n${await app.log()}`);
        }
      }
    },
    kill: () => end('SIGKILL'),
    restart: launch,
    log: () => readFile(logFile, 'utf8'),
    stop: async () => {
      await end('SIGTERM');
      await database.drop();
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
  try {
    await launch();
  } catch (error) {
    await app.stop();
    throw error;
  }
  return app;
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
