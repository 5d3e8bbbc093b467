import type { EventGridEvent } from '@azure/functions';
import type { EventGridDurableClientHandler } from 'durable-functions';
import { z } from 'zod';
import type { Orchestrations, TriggerServices } from '../trigger-services';
import { matchBlobPath } from './match-blob-path';
import { startForFile } from './start-for-file';

/** https://learn.microsoft.com/azure/event-grid/event-schema-blob-storage, in the schema of Event Grid or of CloudEvents. */
const schema = z.object({
  eventType: z.string().optional(),
  type: z.string().optional(),
  subject: z.string(),
  data: z.object({ api: z.string().optional(), eTag: z.string(), contentLength: z.number().optional() }),
});
const CREATED = 'Microsoft.Storage.BlobCreated';
const SUBJECT = /^\/blobServices\/default\/containers\/([^/]+)\/blobs\/(.+)$/s;

/**
 * The handler of a pipeline's Event Grid trigger. One topic may carry the events of a whole account, so what is not a
 * finished blob of the pipeline's path is passed over in silence.
 */
export function eventHandler(
  services: TriggerServices,
  pipeline: string,
  pattern: string,
): EventGridDurableClientHandler {
  return async (event: EventGridEvent, client: Orchestrations) => {
    const parsed = schema.safeParse(event);
    if (!parsed.success) {
      services.log.warn('event-not-understood', { pipeline, reason: parsed.error.issues[0]?.message });
      return;
    }
    const { eventType, type, subject, data } = parsed.data;
    const [, container, name] = SUBJECT.exec(subject) ?? [];
    // Data Lake accounts tell of a file when it is made, still empty, and again when it is complete.
    const unfinished = data.api === 'CreateFile';
    if ((eventType ?? type) !== CREATED || container === undefined || name === undefined || unfinished) return;
    const path = `${container}/${name}`;
    if (!matchBlobPath(pattern, path)) return;
    await startForFile(services, client, { kind: 'event', pipeline, path, etag: data.eTag });
  };
}
