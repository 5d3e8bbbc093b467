import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { testStorage } from '../../support/azurite';

/** What to start. */
export interface HostProcessOptions {
  /** Folder of the app; absolute. */
  readonly app: string;
  /** Settings besides the environment of the tests. */
  readonly env?: Readonly<Record<string, string>>;
  /** A folder to keep, for a second host on the same data. */
  readonly dataFolder?: string;
  /** Further arguments of the command. */
  readonly args?: readonly string[];
  /** TCP port; a free one by default. */
  readonly port?: number;
}

/** An embedded host in a process of its own, since `module.registerHooks` does not work inside Jest. */
export interface HostProcess {
  readonly baseUrl: string;
  readonly pid: number;
  /** Standard output and error so far. */
  output(): string;
  /** Waits until the output holds a text: what the host wrote before it answered may arrive after the answer. */
  says(wanted: string | RegExp): Promise<void>;
  /** Sends a signal and gives the exit code, or the signal that ended the process. */
  end(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals | null>;
}

/** A program that has ended. */
export interface EndedCommand {
  readonly code: number | null;
  readonly output: string;
}

const RUN_HOST = path.join(__dirname, 'run-host.cjs');
const START_TIMEOUT_MS = 45_000;
const OUTPUT_TIMEOUT_MS = 20_000;

/** A folder of its own for the data of a host; `remove` deletes it. */
export async function dataFolder(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sluice-host-'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }) };
}

/** Starts a host on the Azurite of this Jest run, with a host id of its own, and waits until it serves the app. */
export async function startHostProcess(options: HostProcessOptions): Promise<HostProcess> {
  const { connectionString } = await testStorage();
  const data = options.dataFolder === undefined ? await dataFolder() : undefined;
  const { child, output, ended } = launch(options, {
    AzureWebJobsStorage: connectionString,
    AzureFunctionsWebHost__hostid: `test-${randomBytes(6).toString('hex')}`,
    dataFolder: options.dataFolder ?? data?.folder ?? '',
  });
  const end: HostProcess['end'] = async (signal = 'SIGTERM') => {
    child.kill(signal);
    const code = await ended;
    await data?.remove();
    return code;
  };
  const says: HostProcess['says'] = async (wanted) => {
    for (const deadline = Date.now() + OUTPUT_TIMEOUT_MS; Date.now() < deadline; await sleep(25)) {
      if (typeof wanted === 'string' ? output().includes(wanted) : wanted.test(output())) return;
    }
    throw new Error(`The host did not say ${String(wanted)}:\n${output()}`);
  };
  for (const deadline = Date.now() + START_TIMEOUT_MS; Date.now() < deadline; await sleep(25)) {
    const baseUrl = /Listening on (http:\S+)\./.exec(output())?.[1];
    if (baseUrl !== undefined && child.pid !== undefined) return { baseUrl, pid: child.pid, output, says, end };
    if (child.exitCode !== null) break;
  }
  await end('SIGKILL');
  throw new Error(`The host did not start:\n${output()}`);
}

/** Runs the command to its end, for what it says when it cannot start. */
export async function runHostCommand(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<EndedCommand> {
  const child = spawn(process.execPath, [RUN_HOST, ...args], { env: { ...process.env, ...env } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (output += part.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, output };
}

function launch({ app, env, args = [], port = 0 }: HostProcessOptions, given: Record<string, string>) {
  const { dataFolder: folder, ...settings } = given;
  const flags = ['--app', app, '--port', String(port), '--data', folder ?? '', '--azurite-port-base', '0', ...args];
  const child = spawn(process.execPath, [RUN_HOST, ...flags], { env: { ...process.env, ...settings, ...env } });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (text += part.toString()));
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal));
  });
  return { child, output: () => text, ended };
}
