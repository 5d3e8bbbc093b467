import { RestError, type BlobItem, type ContainerClient } from '@azure/storage-blob';
import type { QueueServiceClient } from '@azure/storage-queue';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HostLog } from '../host/host-log';
import { resolveSettings } from '../host/resolve-setting';
import type { FunctionRunner } from '../host/run-function';
import { bindingText } from '../worker/binding-text';
import type { LoadedFunction } from '../worker/function-app';
import { blobMetadata } from './blob-metadata';
import { compileBlobPattern } from './blob-pattern';
import { openBlobReceipts } from './blob-receipts';
import { watchBlobs, type RunningWatch } from './blob-watcher';
import type { HostStorage } from './host-storage';
import type { createLimiter } from './limiter';

/** What blob triggers need of the host. */
export interface BlobTriggerServices {
  readonly run: FunctionRunner;
  readonly storage: HostStorage;
  readonly hostId: string;
  readonly log: HostLog;
  readonly limit: ReturnType<typeof createLimiter>;
  /** Attempts for one version of a blob. */
  readonly attempts: number;
}

const POISON_QUEUE = 'webjobs-blobtrigger-poison';
const RETRY_PAUSE_MS = 500;

/**
 * Starts a blob function. New versions of blobs are found by polling, also for `source: 'EventGrid'`, whose functions
 * see no difference. Each version is handled once; after the last failed attempt a message goes to the poison queue.
 * @throws {HostConfigError} for an invalid path or a missing connection.
 */
export async function startBlobTrigger(fn: LoadedFunction, services: BlobTriggerServices): Promise<RunningWatch> {
  const pattern = compileBlobPattern(resolveSettings(bindingText(fn.trigger, 'path')));
  const connection = bindingText(fn.trigger, 'connection');
  const container = services.storage.blobs(connection).getContainerClient(pattern.container);
  const queues = services.storage.queues(connection);
  const receipts = await openBlobReceipts(services.storage.blobs(''), services.hostId, fn.name);
  return watchBlobs({
    container,
    prefix: pattern.prefix,
    functionName: fn.name,
    receipts,
    log: services.log,
    matches: (name) => pattern.match(name) !== undefined,
    handle: (blob) =>
      services.limit(async () => {
        const content = await download(container, blob);
        if (content === undefined) return false;
        const path = `${container.containerName}/${blob.name}`;
        const triggerMetadata = blobMetadata(container, blob, pattern.match(blob.name) ?? {});
        for (let attempt = 1; attempt <= services.attempts; attempt += 1) {
          if (attempt > 1) await sleep(RETRY_PAUSE_MS);
          const reason = `New blob detected: ${path}`;
          const outcome = await services.run(fn.name, { reason, triggerData: { bytes: content }, triggerMetadata });
          if (outcome.ok) return true;
        }
        await sendToPoisonQueue(queues, fn.name, container, blob);
        services.log(
          'error',
          'Host.Triggers.Blob',
          `'${fn.name}' failed ${services.attempts} times on ${path}: a message is in the queue ${POISON_QUEUE}.`,
        );
        return true;
      }),
  });
}

/** Undefined where the blob was changed or deleted since it was listed. */
async function download(container: ContainerClient, blob: BlobItem): Promise<Buffer | undefined> {
  try {
    const client = container.getBlobClient(blob.name);
    return await client.downloadToBuffer(0, blob.properties.contentLength, {
      conditions: { ifMatch: blob.properties.etag },
    });
  } catch (error) {
    if (error instanceof RestError && (error.statusCode === 404 || error.statusCode === 412)) return undefined;
    throw error;
  }
}

async function sendToPoisonQueue(
  queues: QueueServiceClient,
  functionName: string,
  container: ContainerClient,
  blob: BlobItem,
): Promise<void> {
  const queue = queues.getQueueClient(POISON_QUEUE);
  await queue.createIfNotExists();
  const message = {
    Type: 'BlobTrigger',
    FunctionId: `Host.Functions.${functionName}`,
    BlobType: blob.properties.blobType ?? 'BlockBlob',
    ContainerName: container.containerName,
    BlobName: blob.name,
    ETag: blob.properties.etag,
  };
  await queue.sendMessage(Buffer.from(JSON.stringify(message)).toString('base64'));
}
