import type { ContainerClient } from '@azure/storage-blob';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { SourceCountError } from '../../../errors/source-count-error';
import { storageErrorOf } from '../../storage-error-of';

/** One file version to read from; reads are pinned to its ETag, so that all of them see the same bytes. */
export interface BlobVersion {
  readonly path: string;
  readonly etag: string;
  readonly bytes: number;
}

const MAX_RESUMES = 5;

/** Reads blobs of one container, each pinned to the version that was planned. Throws `source-changed` when that is gone. */
export class BlobDownload {
  constructor(
    private readonly container: ContainerClient,
    private readonly connection: string,
  ) {}

  /** The bytes from `offset` on; the stream resumes by itself where the network breaks. Abort it when the rest is not needed. */
  async stream(version: BlobVersion, offset = 0, length?: number, signal?: AbortSignal): Promise<Readable> {
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
      throw storageErrorOf(error, version.path, this.connection);
    }
  }

  /** Writes a range into a local file that exists, at the same offset. Throws `source-count-mismatch` when bytes are missing. */
  async range(version: BlobVersion, offset: number, length: number, file: string): Promise<void> {
    if (length === 0) return;
    const body = await this.stream(version, offset, length);
    const out = createWriteStream(file, { flags: 'r+', start: offset, highWaterMark: 1 << 20 });
    try {
      await pipeline(body, out);
    } catch (error) {
      throw storageErrorOf(error, version.path, this.connection);
    }
    if (out.bytesWritten !== length) {
      const message = `${version.path}: ${out.bytesWritten} bytes came where ${length} were asked for`;
      throw new SourceCountError(message, this.connection);
    }
  }
}
