import path from 'node:path';
import { startAzurite } from '../services/azurite';
import type { HostLog } from './host-log';

/** The setting that names the storage account of the host. */
export const STORAGE_SETTING = 'AzureWebJobsStorage';
const DEVELOPMENT = 'UseDevelopmentStorage=true';

/** Ports of the Azurite that the host starts; 0 takes any free one. */
export interface AzuritePortOptions {
  readonly blob: number;
  readonly queue: number;
  readonly table: number;
}

/** Where the host's storage comes from. */
export interface HostStorageOptions {
  readonly storage: string;
  readonly ports: AzuritePortOptions;
  readonly dataFolder: string;
  readonly log: HostLog;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Settles which storage account `AzureWebJobsStorage` names, and starts Azurite where it names none. Every setting that
 * asks for development storage gets this Azurite, whatever its ports. Returns how to stop what was started.
 */
export async function provideStorage(options: HostStorageOptions): Promise<() => Promise<void>> {
  const { env, storage, ports } = options;
  const named = storage === 'azurite' ? (env[STORAGE_SETTING] ?? '') : storage;
  if (named !== '' && named.replace(/;$/, '') !== DEVELOPMENT) {
    env[STORAGE_SETTING] = named;
    return () => Promise.resolve();
  }
  const azurite = await startAzurite({
    folder: path.join(options.dataFolder, 'azurite'),
    blobPort: ports.blob,
    queuePort: ports.queue,
    tablePort: ports.table,
    log: (line) => options.log('information', 'Host.Startup', line),
  });
  env[STORAGE_SETTING] = azurite.connectionString;
  for (const [name, value] of Object.entries(env)) {
    if (value?.replace(/;$/, '') === DEVELOPMENT) env[name] = azurite.connectionString;
  }
  return () => azurite.stop();
}
