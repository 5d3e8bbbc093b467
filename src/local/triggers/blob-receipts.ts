import type { BlobServiceClient } from '@azure/storage-blob';
import { HOSTS_CONTAINER } from './host-storage';

/** A version of a blob. */
export interface BlobVersion {
  readonly container: string;
  readonly name: string;
  /** With its quotes. */
  readonly etag: string;
}

/** Remembers which versions of blobs a function has been given, over restarts. */
export interface BlobReceipts {
  has(version: BlobVersion): boolean;
  add(version: BlobVersion): Promise<void>;
}

/**
 * Receipts where the real host writes them:
 * `azure-webjobs-hosts/blobreceipts/<host id>/Host.Functions.<function>/<etag>/<container>/<blob>`.
 * All of the function are read once, here: asking for each blob would take a request each.
 */
export async function openBlobReceipts(
  service: BlobServiceClient,
  hostId: string,
  functionName: string,
): Promise<BlobReceipts> {
  const container = service.getContainerClient(HOSTS_CONTAINER);
  await container.createIfNotExists();
  const folder = `blobreceipts/${hostId}/Host.Functions.${functionName}/`;
  const keyOf = ({ etag, container: of, name }: BlobVersion): string => `${etag}/${of}/${name}`;
  const known = new Set<string>();
  for await (const { name } of container.listBlobsFlat({ prefix: folder })) known.add(name.slice(folder.length));
  return {
    has: (version) => known.has(keyOf(version)),
    async add(version) {
      const key = keyOf(version);
      await container.getBlockBlobClient(folder + key).upload('', 0);
      known.add(key);
    },
  };
}
