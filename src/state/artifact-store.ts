import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { ArtifactMissingError } from '../errors/artifact-missing-error';
import type { ArtifactRef, BlobRef } from '../model/artifact';
import type { Column } from '../model/column';
import { check, downloadArtifact, localPathOf } from './download-artifact';
import { JsonCache } from './json-cache';
import { sha256 } from './keys';
import { isConflict, isNotFound } from './storage-call';
import type { ArtifactPlace, ArtifactStore } from './stores';
import { retainBlobs } from './retain-blobs';
import type { WorkContainer } from './work-container';

type Facts = { readonly rows: number; readonly columns: readonly Column[] };

const CACHE_BYTES = 64 * 1024 ** 2;
/** Far below the age at which anything is swept. */
const YOUNG_MS = 24 * 3_600_000;
const NEVER_OVERWRITE = { ifNoneMatch: '*' };

/** Artifacts as blobs of one container. */
export function createArtifactStore(container: WorkContainer): ArtifactStore {
  const cache = new JsonCache(CACHE_BYTES);
  const downloads = new Map<string, Promise<string>>();

  const upload = async (file: string, path: string, facts: Facts): Promise<ArtifactRef> => {
    const { bytes, hash } = await measure(file);
    const ref: ArtifactRef = { path, bytes, sha256: hash, rows: facts.rows, columns: facts.columns };
    await container.call(`write ${path}`, async () => {
      try {
        await container.blob(path).uploadFile(file, {
          conditions: NEVER_OVERWRITE,
          metadata: { rows: String(facts.rows), sha256: hash },
          blobHTTPHeaders: { blobContentType: 'application/vnd.apache.parquet' },
        });
      } catch (error) {
        // The name holds a nonce, so the blob in the way is our own, of a request whose answer was lost.
        if (!isConflict(error)) throw error;
      }
    });
    return ref;
  };

  const writeJson = (path: string, text: string): Promise<boolean> =>
    write(path, Buffer.from(text), 'application/json');

  const write = async (path: string, content: Buffer, blobContentType: string): Promise<boolean> =>
    container.call(`write ${path}`, async () => {
      try {
        await container.blob(path).uploadData(content, {
          conditions: NEVER_OVERWRITE,
          blobHTTPHeaders: { blobContentType },
        });
        return true;
      } catch (error) {
        if (isConflict(error)) return false;
        throw error;
      }
    });

  const readBytes = async (path: string): Promise<Buffer | null> =>
    container.call(`read ${path}`, async () => {
      try {
        return await container.blob(path).downloadToBuffer();
      } catch (error) {
        if (isNotFound(error)) return null;
        throw error;
      }
    });

  const findNamed = async (path: string): Promise<ArtifactRef | null> => {
    const content = await readBytes(`${path}.json`);
    return content === null ? null : (JSON.parse(content.toString('utf8')) as ArtifactRef);
  };

  return {
    putParquet: (file, place, facts) => upload(file, pathOf(place), facts),

    fetch: (ref, folder) => {
      const key = localPathOf(ref, folder);
      const running = downloads.get(key);
      if (running !== undefined) return running;
      const download = downloadArtifact(container, ref, folder).finally(() => downloads.delete(key));
      downloads.set(key, download);
      return download;
    },

    has: ({ path }) => container.call(`look for ${path}`, () => container.blob(path).exists()),

    putJson: async (folder, value) => {
      const text = JSON.stringify(value);
      const hash = sha256(text);
      const path = `${folder}/${hash}.json`;
      const bytes = Buffer.byteLength(text);
      await writeJson(path, text);
      return { path, bytes, sha256: hash };
    },

    putBytes: async ({ path, bytes, sha256: expected }, content) => {
      check({ path, bytes, sha256: expected }, content.length, sha256(content));
      if (await write(path, content, 'application/octet-stream')) return;
      await touch(container, path);
    },

    getBytes: async (ref) => {
      const content = await readBytes(ref.path);
      if (content === null) throw new ArtifactMissingError(ref.path);
      check(ref, content.length, sha256(content));
      return content;
    },

    getJson: async <T>(ref: BlobRef): Promise<T> => {
      const key = `${ref.path} ${ref.sha256}`;
      const cached = cache.get(key);
      if (cached !== undefined) return cached.value as T;
      const content = await readBytes(ref.path);
      if (content === null) throw new ArtifactMissingError(ref.path);
      check(ref, content.length, sha256(content));
      const value = JSON.parse(content.toString('utf8')) as T;
      cache.set(key, value, content.length);
      return value;
    },

    findNamed,

    // The note with the reference decides: whoever writes it first, its file is the one that counts.
    putNamed: async (path, file, facts) => {
      const ref = await upload(file, `${path}-${nonce()}.parquet`, facts);
      const first = await writeJson(`${path}.json`, JSON.stringify(ref));
      return first ? ref : ((await findNamed(path)) ?? ref);
    },

    retain: (request) => retainBlobs(container, request),
  };
}

/** What stands there already is taken again: it must not be swept as one that nobody has wanted for long. */
async function touch(container: WorkContainer, path: string): Promise<void> {
  await container.call(`look for ${path}`, async () => {
    const blob = container.blob(path);
    const { lastModified, metadata = {} } = await blob.getProperties();
    if (lastModified !== undefined && Date.now() - lastModified.getTime() < YOUNG_MS) return;
    await blob.setMetadata(metadata);
  });
}

function pathOf({ runId, pipeline: name, step, partition }: ArtifactPlace): string {
  return `runs/${runId}/${name}/${step}/${partition ?? 'all'}-${nonce()}.parquet`;
}

function nonce(): string {
  return randomBytes(8).toString('hex');
}

async function measure(file: string): Promise<{ bytes: number; hash: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  await pipeline(createReadStream(file, { highWaterMark: 1024 ** 2 }), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.length;
    }
  });
  return { bytes, hash: hash.digest('hex') };
}
