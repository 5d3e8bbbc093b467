import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ArtifactCorruptError } from '../errors/artifact-corrupt-error';
import { ArtifactMissingError } from '../errors/artifact-missing-error';
import type { BlobRef } from '../model/artifact';
import { isNotFound } from './storage-call';
import type { WorkContainer } from './work-container';

/** Where `fetch` puts an artifact: the hash keeps apart what has one name in two folders of the container. */
export function localPathOf(ref: BlobRef, folder: string): string {
  return path.join(folder, `${ref.sha256.slice(0, 24)}-${path.posix.basename(ref.path)}`);
}

/**
 * Downloads an artifact unless it is there, and checks it against its reference on the way.
 * @throws {ArtifactMissingError | ArtifactCorruptError} leaving no file.
 */
export async function downloadArtifact(container: WorkContainer, ref: BlobRef, folder: string): Promise<string> {
  const file = localPathOf(ref, folder);
  // Files get their name when they are whole and checked.
  if ((await stat(file).catch(() => undefined))?.size === ref.bytes) return file;
  await mkdir(folder, { recursive: true });
  const unfinished = `${file}.${randomUUID()}.part`;
  try {
    const hash = createHash('sha256');
    let bytes = 0;
    const measure = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        bytes += chunk.length;
        done(null, chunk);
      },
    });
    await container.call(`read ${ref.path}`, async () => {
      try {
        const { readableStreamBody } = await container.blob(ref.path).download(0, undefined, { maxRetryRequests: 3 });
        if (readableStreamBody === undefined) throw new ArtifactMissingError(ref.path);
        await pipeline(readableStreamBody, measure, createWriteStream(unfinished));
      } catch (error) {
        throw isNotFound(error) ? new ArtifactMissingError(ref.path, error) : error;
      }
    });
    check(ref, bytes, hash.digest('hex'));
    await rename(unfinished, file);
    return file;
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** Compares what was read with the reference. */
export function check(ref: BlobRef, bytes: number, hash: string): void {
  if (bytes === ref.bytes && hash === ref.sha256) return;
  throw new ArtifactCorruptError(ref.path, `${ref.bytes} bytes ${ref.sha256}`, `${bytes} bytes ${hash}`);
}
