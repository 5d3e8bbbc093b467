import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, isPortFree } from './free-port';
import { PortInUseError } from './port-in-use-error';

import { isRunning, runsProgram } from './process-command';
import { ServiceStartError } from './service-start-error';

/** What to start. A port of 0 takes any free one. */
export interface AzuriteOptions {
  /** Folder of its data, made where missing. */
  readonly folder: string;
  /** Address to listen on; 127.0.0.1 by default. */
  readonly host?: string;
  readonly blobPort: number;
  readonly queuePort: number;
  readonly tablePort: number;
  /** Told what happens, one line each. */
  readonly log?: (line: string) => void;
}

/** A running Azurite. */
export interface RunningAzurite {
  /** For any Azure Storage client; plain HTTP. */
  readonly connectionString: string;
  readonly pid: number;
  readonly ports: AzuritePorts;
  /** Ends it by signal, on which it saves; repeated calls do nothing more. */
  stop(): Promise<void>;
}

/** TCP ports of the three services. */
export interface AzuritePorts {
  readonly blob: number;
  readonly queue: number;
  readonly table: number;
}

interface AzuriteRecord extends AzuritePorts {
  readonly pid: number;
  readonly host: string;
}

/** Public, the same on every Azurite: https://learn.microsoft.com/azure/storage/common/storage-connect-azurite */
const ACCOUNT = 'devstoreaccount1';
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;
const POLL_MS = 50;
const RECORD = 'azurite.json';
const LOG = 'azurite.log';

/**
 * Starts Azurite as a process of its own on `folder`, or goes on with one that an earlier, killed host left running there
 * (Azurite saves every five seconds, so killing it would lose what it has acknowledged).
 *
 * It runs in a session of its own: Ctrl-C reaches the host first, and the storage is stopped last, by `stop()`.
 * @throws {PortInUseError} where another program has one of the ports.
 * @throws {ServiceStartError} where it ends or does not answer within a minute.
 */
export async function startAzurite(options: AzuriteOptions): Promise<RunningAzurite> {
  const folder = path.resolve(options.folder);
  const host = options.host ?? '127.0.0.1';
  const log = options.log ?? (() => undefined);
  await mkdir(folder, { recursive: true });
  const earlier = await readRecord(folder);
  if (earlier !== undefined) {
    if (earlier.host === host && fits(options, earlier) && (await answers(earlier))) {
      log(`Using the Azurite that already runs on ports ${list(earlier)}`);
      return running(folder, earlier);
    }
    await stopProcess(earlier.pid);
  }
  const ports = await choosePorts(options);
  const record = { ...ports, host, pid: await launch(folder, host, ports) };
  log(`Azurite listens on ports ${list(record)}`);
  return running(folder, record);
}

/** Stops the Azurite of `folder`, if one runs there. */
export async function stopAzurite(folder: string): Promise<void> {
  const record = await readRecord(path.resolve(folder));
  if (record !== undefined) await running(path.resolve(folder), record).stop();
}

/** The connection string of an Azurite on these ports of `host`. */
export function azuriteConnectionString(ports: AzuritePorts, host = '127.0.0.1'): string {
  return [
    'DefaultEndpointsProtocol=http',
    `AccountName=${ACCOUNT}`,
    `AccountKey=${KEY}`,
    `BlobEndpoint=http://${host}:${ports.blob}/${ACCOUNT}`,
    `QueueEndpoint=http://${host}:${ports.queue}/${ACCOUNT}`,
    `TableEndpoint=http://${host}:${ports.table}/${ACCOUNT}`,
  ].join(';');
}

function running(folder: string, record: AzuriteRecord): RunningAzurite {
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    await stopProcess(record.pid);
    await rm(path.join(folder, RECORD), { force: true });
  };
  return {
    connectionString: azuriteConnectionString(record, record.host),
    pid: record.pid,
    ports: { blob: record.blob, queue: record.queue, table: record.table },
    stop: () => (stopped ??= stop()),
  };
}

/** The record of an Azurite that still runs on the folder. A process that got its id since is not taken for it. */
async function readRecord(folder: string): Promise<AzuriteRecord | undefined> {
  const text = await readFile(path.join(folder, RECORD), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const record = JSON.parse(text) as AzuriteRecord;
    return (await runsProgram(record.pid, folder)) ? record : undefined;
  } catch {
    return undefined;
  }
}

async function choosePorts(options: AzuriteOptions): Promise<AzuritePorts> {
  const choose = async (service: string, port: number): Promise<number> => {
    if (port === 0) return freePort();
    if (await isPortFree(port)) return port;
    throw new PortInUseError(`Azurite (${service} service)`, port, '--azurite-port-base <port>, for example 20000');
  };
  return {
    blob: await choose('blob', options.blobPort),
    queue: await choose('queue', options.queuePort),
    table: await choose('table', options.tablePort),
  };
}

async function launch(folder: string, host: string, ports: AzuritePorts): Promise<number> {
  const logFile = path.join(folder, LOG);
  const output = await open(logFile, 'w', 0o600);
  const where = ['blob', 'queue', 'table'].flatMap((service) => [
    `--${service}Host`,
    host,
    `--${service}Port`,
    String(ports[service as keyof AzuritePorts]),
  ]);
  // New clients name API versions that Azurite does not know yet; what they use of them it does know.
  const flags = ['--silent', '--skipApiVersionCheck', '--disableTelemetry', '--location', folder];
  const azurite = spawn(process.execPath, [require.resolve('azurite/dist/src/azurite.js'), ...flags, ...where], {
    cwd: folder,
    detached: true,
    stdio: ['ignore', output.fd, output.fd],
  });
  await output.close();
  const failed = new Promise<never>((_, reject) => azurite.once('error', reject));
  failed.catch(() => undefined);
  try {
    const pid = azurite.pid ?? (await failed);
    // Before it answers, so that a host killed from here on leaves no Azurite that nobody knows of.
    await writeFile(path.join(folder, RECORD), JSON.stringify({ ...ports, host, pid } satisfies AzuriteRecord));
    await waitUntilReady(azurite, { ...ports, host, pid }, logFile);
    azurite.unref();
    return pid;
  } catch (error) {
    if (azurite.pid !== undefined) await stopProcess(azurite.pid);
    throw error;
  }
}

async function waitUntilReady(azurite: ChildProcess, record: AzuriteRecord, logFile: string): Promise<void> {
  for (const deadline = Date.now() + START_TIMEOUT_MS; Date.now() < deadline; await sleep(POLL_MS)) {
    if (azurite.exitCode !== null || azurite.signalCode !== null) break;
    if (await answers(record)) return;
  }
  const output = (await readFile(logFile, 'utf8').catch(() => '')).trim();
  throw new ServiceStartError(
    `Azurite did not start: ${output || 'it said nothing'}`,
    `Read ${logFile}, then try again.`,
  );
}

/** Whether all three services answer HTTP; any answer will do, for they refuse a request without a signature. */
async function answers({ host, blob, queue, table }: AzuriteRecord): Promise<boolean> {
  const ask = async (port: number): Promise<boolean> => {
    const answer = await fetch(`http://${host}:${port}/${ACCOUNT}?comp=list`, { signal: AbortSignal.timeout(2000) });
    await answer.arrayBuffer();
    return /azurite/i.test(answer.headers.get('server') ?? '');
  };
  const all = await Promise.all([blob, queue, table].map((port) => ask(port).catch(() => false)));
  return all.every(Boolean);
}

async function stopProcess(pid: number): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
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

function fits(options: AzuriteOptions, record: AzuriteRecord): boolean {
  const same = (wanted: number, found: number): boolean => wanted === 0 || wanted === found;
  return (
    same(options.blobPort, record.blob) &&
    same(options.queuePort, record.queue) &&
    same(options.tablePort, record.table)
  );
}

function list({ blob, queue, table }: AzuritePorts): string {
  return `${blob} (blobs), ${queue} (queues) and ${table} (tables)`;
}
