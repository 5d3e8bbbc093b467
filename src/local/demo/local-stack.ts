import { rm, writeFile } from 'node:fs/promises';
import { startHost } from '../host/start-host';
import { PortInUseError } from '../services/port-in-use-error';
import { startPostgres } from '../services/postgres';
import { appEnvironment } from './app-environment';
import { captureConsole } from './capture-console';
import type { DemoOptions } from './demo-options';
import { fileLog } from './file-log';
import { lockInstance } from './instance-lock';
import { DATA, DATA_FOLDER, REPOSITORY } from './repository';

/** PostgreSQL, Azurite and the app on the embedded host, all up. */
export interface LocalStack {
  /** `http://127.0.0.1:7071/api` */
  readonly apiUrl: string;
  readonly warehouseUrl: string;
  readonly storageConnectionString: string;
  /** Ends the host, then the services. */
  stop(): Promise<void>;
}

/**
 * Starts everything on the repository's data folder.
 * @throws {AlreadyRunningError | PortInUseError | ServiceStartError | HostConfigError} with nothing left running.
 */
export async function startLocalStack(
  options: DemoOptions,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<LocalStack> {
  const closers: (() => Promise<void>)[] = [await lockInstance(DATA_FOLDER)];
  const stop = async (): Promise<void> => {
    for (const close of closers.reverse().splice(0)) await close();
  };
  try {
    const { postgresPort: port, storagePortBase: base } = options;
    const warehouse = await startPostgres({ folder: DATA.postgres, port, database: 'warehouse', log: say });
    closers.push(() => warehouse.stop());
    signal.throwIfAborted();
    const log = await fileLog(DATA.hostLog);
    closers.push(log.close);
    const restoreConsole = captureConsole(log.write);
    closers.push(() => Promise.resolve(restoreConsole()));
    // A killed app leaves its scratch files; nobody else uses the folder now.
    await rm(DATA.scratch, { recursive: true, force: true });
    const settings = { ...appEnvironment(warehouse), SLUICE_TEMP_FOLDER: DATA.scratch };
    const host = await startHost({
      appFolder: REPOSITORY,
      port: options.port,
      dataFolder: DATA.host,
      storage: 'UseDevelopmentStorage=true',
      azuritePorts: { blob: base, queue: base + 1, table: base + 2 },
      env: settings,
      log: log.write,
    }).catch((error: unknown) => {
      throw error instanceof PortInUseError ? withFlag(error, options) : error;
    });
    closers.push(() => host.stop());
    const storageConnectionString = process.env['AzureWebJobsStorage'] ?? '';
    await writeSettings({ ...settings, AzureWebJobsStorage: storageConnectionString });
    const apiUrl = `${host.baseUrl}/api`;
    say(`The app answers at ${apiUrl}`);
    return { apiUrl, warehouseUrl: warehouse.connectionString, storageConnectionString, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** So that the command line, which is another process, finds the same services. Holds a password. */
async function writeSettings(values: Readonly<Record<string, string>>): Promise<void> {
  const text = JSON.stringify({ IsEncrypted: false, Values: values }, null, 2);
  await writeFile(DATA.settings, `${text}\n`, { mode: 0o600 });
}

/** The same error, with the flag of this command. */
function withFlag({ port }: PortInUseError, options: DemoOptions): PortInUseError {
  if (port === options.port) return new PortInUseError('the API', port, '--port <port>');
  return new PortInUseError('Azurite', port, '--storage-port-base <port>, the first of three');
}
