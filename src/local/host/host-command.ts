import path from 'node:path';
import { parseArgs } from 'node:util';
import { SluiceError } from '../../errors/sluice-error';
import { HostConfigError } from './host-config-error';
import { startHost, type StartHostOptions } from './start-host';

const HELP = `Runs an Azure Functions app (Node.js, programming model 4) on this machine, with durable functions and storage.

Usage: sluice-host [--app <folder>] [options]

  --app <folder>              Folder of host.json and package.json. Default: the current folder
  --port <n>                  Port on 127.0.0.1; 0 takes any free one. Default: 7071
  --data <folder>             Orchestrations and Azurite's data. Default: <app>/.sluice/host
  --azurite-port-base <n>     Azurite takes this port and the next two; 0 takes free ones. Default: 10000
  --verbose                   Show debug lines whatever host.json says
  --help                      Show this

Azurite is started unless AzureWebJobsStorage (environment, or Values of local.settings.json) names a storage account.
Ctrl-C ends everything in order. What was under way goes on at the next start with the same --data.
`;

const SAME_REQUEST_MS = 1000;

/** The command `sluice-host`: exit code 0 after an orderly end, 1 where the host cannot start, 2 for a wrong option. */
export async function runHostCommand(args: readonly string[]): Promise<void> {
  let options: StartHostOptions | undefined;
  try {
    options = readOptions(args);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nTry sluice-host --help.\n`);
    process.exitCode = 2;
    return;
  }
  if (options === undefined) {
    process.stdout.write(HELP);
    return;
  }
  await serve(options);
}

async function serve(options: StartHostOptions): Promise<void> {
  const starting = startHost(options);
  let asked: number | undefined;
  const end = (): void => {
    if (asked !== undefined) {
      // A terminal signals the whole group, and programs in between pass the signal on: those are one request.
      if (performance.now() - asked > SAME_REQUEST_MS) process.exit(1);
      return;
    }
    asked = performance.now();
    process.stdout.write('Stopping (once more to stop at once) ...\n');
    void starting.then(
      (host) => host.stop().then(() => process.exit(0)),
      () => undefined,
    );
  };
  // From the first moment on: Azurite is a process of its own and must not be left behind by a start broken off.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  try {
    const host = await starting;
    process.stdout.write(`\n${host.table}\n\nListening on ${host.baseUrl}. Ctrl-C stops.\n\n`);
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`);
    process.exit(1);
  }
}

/** Undefined where help is asked for. */
function readOptions(args: readonly string[]): StartHostOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      app: { type: 'string', default: '.' },
      port: { type: 'string', default: '7071' },
      data: { type: 'string' },
      'azurite-port-base': { type: 'string', default: '10000' },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const base = portOf('--azurite-port-base', values['azurite-port-base']);
  return {
    appFolder: values.app,
    port: portOf('--port', values.port),
    dataFolder: values.data ?? path.join(values.app, '.sluice', 'host'),
    storage: 'azurite',
    azuritePorts: { blob: base, queue: base === 0 ? 0 : base + 1, table: base === 0 ? 0 : base + 2 },
    verbose: values.verbose,
  };
}

function portOf(option: string, text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65535) return port;
  throw new HostConfigError(`${option} ${text} is no port.`, 'Give a number from 0 to 65535.');
}

function explain(error: unknown): string {
  if (error instanceof SluiceError) return `${error.message}\n${error.nextAction}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
