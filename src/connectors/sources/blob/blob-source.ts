import type { BlobServiceClient } from '@azure/storage-blob';
import { BLOB_SOURCE } from '../../capabilities';
import { FileSource } from '../../files/file-source';
import { BlobFiles } from './blob-files';

export interface BlobSourceOptions {
  readonly client: BlobServiceClient;
  readonly container: string;
  /** The connection's name, for errors. */
  readonly connection: string;
  /** Milliseconds since the epoch; for the settle time. */
  readonly now?: () => number;
}

/** Files of a blob container, or of an ADLS file system. */
export class BlobSource extends FileSource {
  constructor({ client, container, ...options }: BlobSourceOptions) {
    const store = new BlobFiles(client.getContainerClient(container), options.connection);
    super({ kind: 'blob', capabilities: BLOB_SOURCE, store, ...options });
  }
}
