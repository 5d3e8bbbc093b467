import { TableClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { InvalidSettingsError } from '../errors/invalid-settings-error';
import { isSafeAddress } from '../model/is-loopback';
import { credential } from './identity';
import { countBlobRequests, countTableRequests } from './usage-policy';

/** Public, the same on every Azurite: https://learn.microsoft.com/azure/storage/common/storage-connect-azurite */
const EMULATOR =
  'DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;' +
  'AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;' +
  'BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1;QueueEndpoint=http://127.0.0.1:10001/devstoreaccount1;' +
  'TableEndpoint=http://127.0.0.1:10002/devstoreaccount1';

/** Few and quick: what lasts longer is the business of the retries of activities. */
const RETRIES = { maxRetries: 3, retryDelayInMs: 200, maxRetryDelayInMs: 2000 };

const blobClients = new Map<string, BlobServiceClient>();

/**
 * The client of the account that the settings `<setting>` (a connection string, or `UseDevelopmentStorage=true`) or
 * `<setting>__blobServiceUri` (by identity) name, as the Functions host reads them. One per setting and process.
 * @throws {InvalidSettingsError} where neither is set, or plain HTTP would leave this machine.
 */
export function blobServiceClient(setting: string, env: NodeJS.ProcessEnv = process.env): BlobServiceClient {
  const text = connectionString(setting, env);
  const uri = serviceUri(setting, 'blob', env);
  const key = text ?? uri;
  if (key === undefined) throw missing(setting, 'blob');
  let client = blobClients.get(key);
  if (client === undefined) {
    const options = { retryOptions: { maxTries: 4, retryDelayInMs: 200, maxRetryDelayInMs: 2000 } };
    client =
      text === undefined
        ? new BlobServiceClient(checked(key, setting), credential(env), options)
        : BlobServiceClient.fromConnectionString(text, options);
    checked(client.url, setting);
    countBlobRequests(client);
    blobClients.set(key, client);
  }
  return client;
}

/**
 * A client of one table, by the same settings (`<setting>__tableServiceUri`).
 * @throws {InvalidSettingsError} as `blobServiceClient`.
 */
export function tableClient(setting: string, table: string, env: NodeJS.ProcessEnv = process.env): TableClient {
  const text = connectionString(setting, env);
  if (text !== undefined) {
    const client = TableClient.fromConnectionString(text, table, {
      // Checked below: only the loopback interface may go without TLS.
      allowInsecureConnection: true,
      retryOptions: RETRIES,
    });
    checked(client.url, setting);
    countTableRequests(client);
    return client;
  }
  const uri = serviceUri(setting, 'table', env);
  if (uri === undefined) throw missing(setting, 'table');
  const client = new TableClient(checked(uri, setting), table, credential(env), { retryOptions: RETRIES });
  countTableRequests(client);
  return client;
}

function connectionString(setting: string, env: NodeJS.ProcessEnv): string | undefined {
  const text = env[setting];
  if (text === undefined || text === '') return undefined;
  return /^UseDevelopmentStorage=true;?$/i.test(text) ? EMULATOR : text;
}

function serviceUri(setting: string, service: 'blob' | 'table', env: NodeJS.ProcessEnv): string | undefined {
  const uri = env[`${setting}__${service}ServiceUri`];
  if (uri !== undefined && uri !== '') return uri;
  const account = env[`${setting}__accountName`];
  return account === undefined || account === '' ? undefined : `https://${account}.${service}.core.windows.net`;
}

function missing(setting: string, service: string): InvalidSettingsError {
  return new InvalidSettingsError([
    `${setting} is not set: give it a connection string, or ${setting}__${service}ServiceUri the account's ${service} endpoint`,
  ]);
}

function checked(url: string, setting: string): string {
  if (isSafeAddress(url)) return url;
  const where = URL.canParse(url) ? `names ${new URL(url).hostname} over plain HTTP: use https` : 'is no address';
  throw new InvalidSettingsError([`${setting} ${where}`]);
}
