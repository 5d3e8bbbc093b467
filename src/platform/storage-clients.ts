import { TableClient, TableServiceClient, type TableServiceClientOptions } from '@azure/data-tables';
import { BlobServiceClient, type StoragePipelineOptions } from '@azure/storage-blob';
import type { Environment } from './environment';
import { credentialFor } from './identity';
import { storageAddress } from './storage-address';

/** Three tries over some seconds: what takes longer is for the retries of the step, which the run record shows. */
const BLOB_OPTIONS: StoragePipelineOptions = {
  retryOptions: { maxTries: 3, retryDelayInMs: 400, maxRetryDelayInMs: 4_000, tryTimeoutInMs: 120_000 },
};
const TABLE_OPTIONS: TableServiceClientOptions = {
  retryOptions: { maxRetries: 3, retryDelayInMs: 400, maxRetryDelayInMs: 4_000 },
};

/**
 * A client of the Blob service of the account that the app setting names: see `storageAddress`.
 * @throws {InvalidSettingsError} where there is no such setting.
 */
export function blobServiceClient(setting: string, env: Environment = process.env): BlobServiceClient {
  const address = storageAddress(env, setting, 'blob');
  if (address.kind === 'connection-string') {
    return BlobServiceClient.fromConnectionString(address.connectionString, BLOB_OPTIONS);
  }
  return new BlobServiceClient(address.url, credentialFor(env, setting), BLOB_OPTIONS);
}

/**
 * A client of one table of the account that the app setting names.
 * @throws {InvalidSettingsError} where there is no such setting.
 */
export function tableClient(setting: string, table: string, env: Environment = process.env): TableClient {
  const address = storageAddress(env, setting, 'table');
  const options = { ...TABLE_OPTIONS, allowInsecureConnection: address.insecure };
  if (address.kind === 'connection-string') {
    return TableClient.fromConnectionString(address.connectionString, table, options);
  }
  return new TableClient(address.url, table, credentialFor(env, setting), options);
}

/** A client of the Table service itself, for health checks. */
export function tableServiceClient(setting: string, env: Environment = process.env): TableServiceClient {
  const address = storageAddress(env, setting, 'table');
  const options = { ...TABLE_OPTIONS, allowInsecureConnection: address.insecure };
  if (address.kind === 'connection-string') {
    return TableServiceClient.fromConnectionString(address.connectionString, options);
  }
  return new TableServiceClient(address.url, credentialFor(env, setting), options);
}
