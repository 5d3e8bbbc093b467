import type { ContainerClient } from '@azure/storage-blob';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { SourceCountError } from '../../../errors/source-count-error';
import type { SluiceError } from '../../../errors/sluice-error';
import type { FileVersion } from '../../../model/slice';
import type { FileStore, StoredFile } from '../../files/file-store';
import { fixedPart, matchesFile } from '../../files/is-pattern';
import { storageErrorOf } from '../../storage-error-of';

const MAX_RESUMES = 5;

/** The blobs of one container, each read in the version that was planned. Throws `source-changed` when that is gone. */
export class BlobFiles implements FileStore {
  readonly name: string;

  constructor(
    private readonly container: ContainerClient,
    private readonly connection: string,
  ) {
    this.name = container.containerName;
  }

  async list(glob: string): Promise<FileVersion[]> {
    const found: FileVersion[] = [];
    try {
      for await (const blob of this.container.listBlobsFlat({ prefix: fixedPart(glob), includeMetadata: true })) {
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
      throw this.errorOf(error, `container ${this.name}`);
    }
    return found.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** The bytes from `offset` on; the stream resumes by itself where the network breaks. Abort it when the rest is not needed. */
  async stream(version: StoredFile, offset = 0, length?: number, signal?: AbortSignal): Promise<Readable> {
    try {
      const response = await this.container.getBlobClient(version.path).download(offset, length, {
        conditions: { ifMatch: `"${version.etag}"` },
        maxRetryRequests: MAX_RESUMES,
        ...(signal && { abortSignal: signal }),
      });
      const body = response.readableStreamBody;
      if (!(body instanceof Readable)) throw new Error('the answer has no body');
      return body;
    } catch (error) {
      throw this.errorOf(error, version.path);
    }
  }

  /** Writes a range into a local file that exists, at the same offset. Throws `source-count-mismatch` when bytes are missing. */
  async range(version: StoredFile, offset: number, length: number, file: string): Promise<void> {
    if (length === 0) return;
    const body = await this.stream(version, offset, length);
    const out = createWriteStream(file, { flags: 'r+', start: offset, highWaterMark: 1 << 20 });
    try {
      await pipeline(body, out);
    } catch (error) {
      throw this.errorOf(error, version.path);
    }
    if (out.bytesWritten !== length) {
      const message = `${version.path}: ${out.bytesWritten} bytes came where ${length} were asked for`;
      throw new SourceCountError(message, this.connection);
    }
  }

  errorOf(error: unknown, what: string): SluiceError {
    return storageErrorOf(error, what, this.connection);
  }

  async test(): Promise<readonly string[]> {
    let first: string | null = null;
    try {
      for await (const page of this.container.listBlobsFlat().byPage({ maxPageSize: 1 })) {
        first = page.segment.blobItems[0]?.name ?? null;
        break;
      }
    } catch (error) {
      throw this.errorOf(error, `container ${this.name}`);
    }
    return [
      `The container ${this.name} can be listed.`,
      first === null ? 'It is empty.' : `It holds ${first}, among others perhaps.`,
    ];
  }
}
