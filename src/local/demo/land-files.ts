import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { BlobServiceClient, RestError, type BlockBlobClient } from '@azure/storage-blob';
import type { RealFile } from './real-files';

/** What became of one file. */
export interface Landed {
  readonly blob: string;
  readonly bytes: number;
  /** False where the same content was there already. */
  readonly uploaded: boolean;
}

/**
 * Uploads the files to `container`, which is made where it is missing. A blob with the same content is left alone: uploading it again would give
 * it a new ETag, which means a new version of the file and another load.
 */
export async function landFiles(
  connectionString: string,
  container: string,
  files: readonly Pick<RealFile, 'file' | 'blob'>[],
): Promise<Landed[]> {
  const client = BlobServiceClient.fromConnectionString(connectionString).getContainerClient(container);
  await client.createIfNotExists();
  const landed: Landed[] = [];
  for (const { file, blob } of files) {
    const content = await readFile(file);
    const md5 = createHash('md5').update(content).digest();
    const target = client.getBlockBlobClient(blob);
    const uploaded = !(await storedMd5(target))?.equals(md5);
    if (uploaded) await target.uploadData(content, { blobHTTPHeaders: { blobContentMD5: md5 } });
    landed.push({ blob: `${container}/${blob}`, bytes: content.length, uploaded });
  }
  return landed;
}

async function storedMd5(client: BlockBlobClient): Promise<Buffer | undefined> {
  try {
    const { contentMD5 } = await client.getProperties();
    return contentMD5 === undefined ? undefined : Buffer.from(contentMD5);
  } catch (error) {
    if (error instanceof RestError && error.statusCode === 404) return undefined;
    throw error;
  }
}
