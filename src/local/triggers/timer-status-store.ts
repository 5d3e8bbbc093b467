import { RestError, type BlobServiceClient } from '@azure/storage-blob';
import { HOSTS_CONTAINER } from './host-storage';
import { fromStored, toStored, type StoredTimerStatus, type TimerStatus } from './timer-status';

/** Keeps the status of timers over restarts. */
export interface TimerStatusStore {
  read(functionName: string): Promise<TimerStatus | undefined>;
  write(functionName: string, status: TimerStatus): Promise<void>;
}

/** Keeps it where the real host does: `azure-webjobs-hosts/timers/<host id>/Host.Functions.<name>/status`. */
export function createTimerStatusStore(service: BlobServiceClient, hostId: string): TimerStatusStore {
  const container = service.getContainerClient(HOSTS_CONTAINER);
  const blobOf = (name: string) => container.getBlockBlobClient(`timers/${hostId}/Host.Functions.${name}/status`);
  return {
    async read(functionName) {
      try {
        const content = await blobOf(functionName).downloadToBuffer();
        return fromStored(JSON.parse(content.toString('utf8')) as StoredTimerStatus);
      } catch (error) {
        if (error instanceof RestError && error.statusCode === 404) return undefined;
        throw error;
      }
    },
    async write(functionName, status) {
      await container.createIfNotExists();
      const text = JSON.stringify(toStored(status));
      await blobOf(functionName).upload(text, Buffer.byteLength(text), {
        blobHTTPHeaders: { blobContentType: 'application/json' },
      });
    },
  };
}
