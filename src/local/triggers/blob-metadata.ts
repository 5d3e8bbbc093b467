import type { BlobItem, ContainerClient } from '@azure/storage-blob';
import type { RpcTypedData } from '../worker/rpc';

/**
 * Trigger metadata of a blob function. Properties carry the names of version 5 of the Storage extension and those of
 * version 4 which differ, since functions are found that read either.
 */
export function blobMetadata(
  container: ContainerClient,
  blob: BlobItem,
  parameters: Readonly<Record<string, string>>,
): Record<string, RpcTypedData> {
  const { properties } = blob;
  const time = (date: Date | undefined): string | null => date?.toISOString().replace(/(\.000)?Z$/, '+00:00') ?? null;
  const md5 = properties.contentMD5 === undefined ? null : Buffer.from(properties.contentMD5).toString('base64');
  const shown = {
    LastModified: time(properties.lastModified),
    CreatedOn: time(properties.createdOn),
    Created: time(properties.createdOn),
    Metadata: blob.metadata ?? {},
    BlobType: properties.blobType ?? 'BlockBlob',
    LeaseState: properties.leaseState ?? null,
    LeaseStatus: properties.leaseStatus ?? null,
    ContentLength: properties.contentLength ?? 0,
    Length: properties.contentLength ?? 0,
    ContentType: properties.contentType ?? null,
    ContentEncoding: properties.contentEncoding ?? null,
    ContentLanguage: properties.contentLanguage ?? null,
    ContentDisposition: properties.contentDisposition ?? null,
    CacheControl: properties.cacheControl ?? null,
    ContentHash: md5,
    ContentMD5: md5,
    ETag: properties.etag,
    IsServerEncrypted: properties.serverEncrypted ?? false,
    AccessTier: properties.accessTier ?? null,
  };
  const named = Object.entries(parameters).map(([name, value]): [string, RpcTypedData] => [name, { string: value }]);
  return {
    BlobTrigger: { string: `${container.containerName}/${blob.name}` },
    Uri: { json: JSON.stringify(container.getBlobClient(blob.name).url) },
    Properties: { json: JSON.stringify(shown) },
    Metadata: { json: JSON.stringify(blob.metadata ?? {}) },
    ...Object.fromEntries(named),
  };
}
