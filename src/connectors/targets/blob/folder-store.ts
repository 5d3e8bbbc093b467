import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { ContainerClient } from '@azure/storage-blob';
import { isMissingContainer, statusOf, targetStorageErrorOf } from '../../target-storage-error-of';

export interface StoredBlob {
  /** Relative to the folder. */
  readonly name: string;
  readonly bytes: number;
  /** Base64. */
  readonly md5: string | null;
  readonly etag: string;
  readonly modifiedAt: Date;
}

export interface UploadedFile {
  readonly bytes: number;
  readonly sha256: string;
  readonly md5: string;
  readonly etag: string;
}

const BLOCK_BYTES = 8 << 20;

/** The blobs below one folder of a container. Throws errors of targets. */
export class FolderStore {
  constructor(
    private readonly container: ContainerClient,
    private readonly path: string,
    private readonly connection: string,
  ) {}

  /** Text and ETag of a blob; null when there is none. */
  async read(name: string): Promise<{ readonly text: string; readonly etag: string } | null> {
    return this.call(name, async () => {
      try {
        const answer = await this.blob(name).download();
        const chunks: Buffer[] = [];
        for await (const chunk of answer.readableStreamBody ?? []) chunks.push(Buffer.from(chunk));
        return { text: Buffer.concat(chunks).toString('utf8'), etag: answer.etag ?? '' };
      } catch (error) {
        if (statusOf(error) === 404 && !isMissingContainer(error)) return null;
        throw error;
      }
    });
  }

  /** Writes a text. With `etag` only over that version, with null only where there is none; false when it is otherwise. */
  async write(name: string, text: string, etag?: string | null): Promise<boolean> {
    const conditions = etag === undefined ? {} : etag === null ? { ifNoneMatch: '*' } : { ifMatch: etag };
    return this.call(name, async () => {
      try {
        const body = Buffer.from(text, 'utf8');
        await this.blob(name).upload(body, body.length, {
          conditions,
          blobHTTPHeaders: { blobContentType: 'application/json' },
        });
        return true;
      } catch (error) {
        // 409: made by another at the same moment.
        if (etag !== undefined && [404, 409, 412].includes(statusOf(error) ?? 0)) return false;
        throw error;
      }
    });
  }

  /**
   * Uploads a local file under a new name. The account checks each block by its MD5, so that what stands there is what was hashed.
   */
  async upload(name: string, file: string): Promise<UploadedFile> {
    return this.call(name, async () => {
      const blob = this.blob(name);
      const [sha256, md5] = [createHash('sha256'), createHash('md5')];
      const blocks: string[] = [];
      let bytes = 0;
      const handle = await open(file, 'r');
      try {
        for (;;) {
          const { bytesRead, buffer } = await handle.read(Buffer.alloc(BLOCK_BYTES), 0, BLOCK_BYTES);
          if (bytesRead === 0) break;
          const block = buffer.subarray(0, bytesRead);
          sha256.update(block);
          md5.update(block);
          const id = Buffer.from(String(blocks.length).padStart(8, '0')).toString('base64');
          await blob.stageBlock(id, block, bytesRead, {
            transactionalContentMD5: createHash('md5').update(block).digest(),
          });
          blocks.push(id);
          bytes += bytesRead;
        }
      } finally {
        await handle.close();
      }
      const whole = md5.digest();
      const { etag } = await blob.commitBlockList(blocks, { blobHTTPHeaders: { blobContentMD5: whole } });
      return { bytes, sha256: sha256.digest('hex'), md5: whole.toString('base64'), etag: etag ?? '' };
    });
  }

  async download(name: string, file: string): Promise<void> {
    await this.call(name, () => this.blob(name).downloadToFile(file));
  }

  async list(prefix: string): Promise<StoredBlob[]> {
    return this.call(prefix, async () => {
      const found: StoredBlob[] = [];
      const root = `${this.path}/`;
      for await (const { name, properties } of this.container.listBlobsFlat({ prefix: root + prefix })) {
        found.push({
          name: name.slice(root.length),
          bytes: properties.contentLength ?? 0,
          md5: properties.contentMD5 === undefined ? null : Buffer.from(properties.contentMD5).toString('base64'),
          etag: properties.etag,
          modifiedAt: properties.lastModified,
        });
      }
      return found;
    });
  }

  /** A blob that is gone already is fine. */
  async remove(name: string): Promise<void> {
    await this.call(name, () => this.blob(name).deleteIfExists());
  }

  private blob(name: string) {
    return this.container.getBlockBlobClient(`${this.path}/${name}`);
  }

  private async call<T>(name: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw targetStorageErrorOf(error, `${this.container.containerName}/${this.path}/${name}`, this.connection);
    }
  }
}
