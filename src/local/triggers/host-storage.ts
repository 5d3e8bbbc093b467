import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { HostConfigError } from '../host/host-config-error';

/** The container in which the real host keeps timer status and blob receipts too. */
export const HOSTS_CONTAINER = 'azure-webjobs-hosts';

/** Few and short: polling tries again by itself, and a storage that is not there must show soon. */
const RETRIES = { maxTries: 3, retryDelayInMs: 200, maxRetryDelayInMs: 1000 };

/** The storage accounts that bindings name. */
export interface HostStorage {
  /**
   * The Blob service of a connection: the name of an app setting that holds a connection string.
   * @throws {HostConfigError} where there is no such setting.
   */
  blobs(connection: string): BlobServiceClient;
  queues(connection: string): QueueServiceClient;
}

/** Clients by connection, made once each. */
export function createHostStorage(env: NodeJS.ProcessEnv = process.env): HostStorage {
  const blobs = new Map<string, BlobServiceClient>();
  const queues = new Map<string, QueueServiceClient>();
  return {
    blobs: (connection) =>
      remember(blobs, connectionString(connection, env), (text) =>
        BlobServiceClient.fromConnectionString(text, { retryOptions: RETRIES }),
      ),
    queues: (connection) =>
      remember(queues, connectionString(connection, env), (text) =>
        QueueServiceClient.fromConnectionString(text, { retryOptions: RETRIES }),
      ),
  };
}

function remember<T>(known: Map<string, T>, key: string, make: (key: string) => T): T {
  const found = known.get(key) ?? make(key);
  known.set(key, found);
  return found;
}

/** The real host looks for `<name>` and for `AzureWebJobs<name>`. */
function connectionString(connection: string, env: NodeJS.ProcessEnv): string {
  const name = connection === '' ? 'AzureWebJobsStorage' : connection;
  const value = env[name] ?? env[`AzureWebJobs${name}`];
  if (value !== undefined && value !== '') return value;
  throw new HostConfigError(
    `The storage connection "${name}", named by a trigger, is missing: no app setting ${name} or AzureWebJobs${name}.`,
    `Add ${name} to Values of local.settings.json; its value is a connection string.`,
  );
}
