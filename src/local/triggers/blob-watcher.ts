import { RestError, type BlobItem, type ContainerClient } from '@azure/storage-blob';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HostLog } from '../host/host-log';
import type { BlobReceipts } from './blob-receipts';

/** What to do with the blobs of a container. */
export interface BlobWatch {
  readonly container: ContainerClient;
  readonly prefix: string;
  /** For log lines. */
  readonly functionName: string;
  readonly receipts: BlobReceipts;
  readonly matches: (blobName: string) => boolean;
  /**
   * Handles a version of a blob that has no receipt, for good: the receipt is written when this resolves. Returns false
   * where that version is no longer there. What it throws is logged, and the blob handled again at a later look.
   */
  readonly handle: (blob: BlobItem) => Promise<boolean>;
  readonly log: HostLog;
}

/** A watch that is under way. */
export interface RunningWatch {
  /** Looks no more and ends when the blobs in hand are handled. */
  stop(): Promise<void>;
}

const LEAST_PAUSE_MS = 1000;
const CATEGORY = 'Host.Triggers.Blob';

/** Lists a container again and again and hands every new version of a blob to `handle`, once. */
export function watchBlobs(watch: BlobWatch): RunningWatch {
  const { container, receipts, log } = watch;
  const stopping = new AbortController();
  /** ETag of each blob that was handled or is in hand. */
  const seen = new Map<string, string>();
  const inHand = new Set<Promise<void>>();

  const take = async (blob: BlobItem): Promise<void> => {
    const { name } = blob;
    const { etag } = blob.properties;
    seen.set(name, etag);
    const version = { container: container.containerName, name, etag };
    if (receipts.has(version)) return;
    try {
      if (await watch.handle(blob)) await receipts.add(version);
      else seen.delete(name);
    } catch (error) {
      seen.delete(name);
      log(
        'warning',
        CATEGORY,
        `'${watch.functionName}' will be given ${container.containerName}/${name} again: ${String(error)}`,
      );
    }
  };
  const look = async (): Promise<void> => {
    const options = { prefix: watch.prefix, includeMetadata: true, abortSignal: stopping.signal };
    for await (const blob of container.listBlobsFlat(options)) {
      if (seen.get(blob.name) === blob.properties.etag || !watch.matches(blob.name)) continue;
      const task = take(blob).finally(() => inHand.delete(task));
      inHand.add(task);
    }
  };
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const began = performance.now();
      await look().catch((error: unknown) => {
        if (stopping.signal.aborted || isMissing(error)) return;
        log('warning', CATEGORY, `Could not list the container ${container.containerName}: ${String(error)}`);
      });
      // A large container must not keep the storage busy.
      const pause = Math.max(LEAST_PAUSE_MS, 3 * (performance.now() - began));
      await sleep(pause, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const done = loop();
  return {
    async stop() {
      stopping.abort();
      await done;
      await Promise.all(inHand);
    },
  };
}

/** The container may be made later. */
function isMissing(error: unknown): boolean {
  return error instanceof RestError && error.statusCode === 404;
}
