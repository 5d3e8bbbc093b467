import type { ContainerClient } from '@azure/storage-blob';
import { matchesGlob } from 'node:path/posix';
import type { FileVersion } from '../../../model/slice';
import { storageErrorOf } from '../../storage-error-of';

/** The files that a glob such as `flights/*.parquet` names, by path. Throws `source-not-found` when there is no such container. */
export async function listFiles(container: ContainerClient, glob: string, connection: string): Promise<FileVersion[]> {
  const found: FileVersion[] = [];
  try {
    for await (const blob of container.listBlobsFlat({ prefix: staticPrefix(glob), includeMetadata: true })) {
      // Accounts with folders list these too, as empty blobs.
      if (blob.metadata?.['hdi_isfolder'] === 'true' || !matchesFile(blob.name, glob)) continue;
      found.push({
        path: blob.name,
        etag: blob.properties.etag.replaceAll('"', ''),
        bytes: blob.properties.contentLength ?? 0,
        modifiedAt: blob.properties.lastModified.toISOString(),
      });
    }
  } catch (error) {
    throw storageErrorOf(error, `container ${container.containerName}`, connection);
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Whether a glob can name more than one file. */
export function isPattern(glob: string): boolean {
  return /[*?[{]/.test(glob);
}

function matchesFile(path: string, glob: string): boolean {
  return isPattern(glob) ? matchesGlob(path, glob) : path === glob;
}

function staticPrefix(glob: string): string {
  const special = glob.search(/[*?[{]/);
  return special < 0 ? glob : glob.slice(0, special);
}
