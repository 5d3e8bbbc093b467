import type { BlobItem, ContainerClient } from '@azure/storage-blob';
import { createHash } from 'node:crypto';

/**
 * The event that Event Grid sends when a blob was written.
 * https://learn.microsoft.com/azure/event-grid/event-schema-blob-storage#microsoftstorageblobcreated-event
 * The id depends on container, name and ETag only, so that an event delivered twice can be recognised.
 */
export function blobCreatedEvent(container: ContainerClient, blob: BlobItem): object {
  const etag = blob.properties.etag.replaceAll('"', '');
  const id = guidOf(`${container.url}/${blob.name}/${etag}`);
  return {
    id,
    topic: `/subscriptions/local/resourceGroups/local/providers/Microsoft.Storage/storageAccounts/${container.accountName}`,
    subject: `/blobServices/default/containers/${container.containerName}/blobs/${blob.name}`,
    eventType: 'Microsoft.Storage.BlobCreated',
    eventTime: blob.properties.lastModified.toISOString(),
    data: {
      api: 'PutBlob',
      clientRequestId: id,
      requestId: id,
      eTag: etag,
      contentType: blob.properties.contentType ?? 'application/octet-stream',
      contentLength: blob.properties.contentLength ?? 0,
      blobType: blob.properties.blobType ?? 'BlockBlob',
      url: container.getBlobClient(blob.name).url,
      sequencer: blob.properties.lastModified.getTime().toString(16).padStart(48, '0'),
      storageDiagnostics: {},
    },
    dataVersion: '',
    metadataVersion: '1',
  };
}

function guidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
