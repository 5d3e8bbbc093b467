import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { constants, copyFile, link, mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { BlobRef } from '../model/artifact';
import type { ArtifactStore } from './stores';

/** Reference artifacts on the local disk, for the partitions that read the same ones. */
export interface ReferenceCache {
  /**
   * Gives a file of the caller's own folder that holds the artifact, and whether it was here already. The caller may keep it for as long as it
   * likes: what the cache forgets meanwhile is not taken from it. Throws what `ArtifactStore.fetch` throws.
   */
  take(ref: BlobRef, folder: string): Promise<{ readonly file: string; readonly hit: boolean }>;
}

export interface ReferenceCacheOptions {
  readonly artifacts: Pick<ArtifactStore, 'fetch'>;
  /** Absolute; made when it is first used. Several processes may share it. It should be on the disk of the callers' folders. */
  readonly folder: string;
  /** The most that it keeps, in bytes; an artifact that is larger is not kept. */
  readonly mostBytes: number;
}

/** Files are named after the SHA-256 of their content, so that a name never means two things. */
const KEPT = /^[0-9a-f]{64}\.parquet$/;
/** Copies under way, with the id of the process that makes them. */
const UNFINISHED = /\.(\d+)-[0-9a-f-]+\.part$/;

/**
 * A folder of whole files, the most recently used kept. Callers get hard links: the folder may forget a file at any time, and so may another process.
 * A file from before this process is checked against its hash once. Faults of the cache cost a download and nothing else.
 */
export function createReferenceCache({ artifacts, folder, mostBytes }: ReferenceCacheOptions): ReferenceCache {
  const turns = new Map<string, Promise<unknown>>();
  const verified = new Map<string, number>();
  let ready: Promise<void> | undefined;
  let lastUse = 0;

  const touch = async (file: string): Promise<void> => {
    lastUse = Math.max(Date.now(), lastUse + 1);
    await utimes(file, lastUse / 1000, lastUse / 1000);
  };

  const evict = async (room: number): Promise<void> => {
    const files = await keptFiles(folder);
    let bytes = files.reduce((sum, file) => sum + file.size, 0);
    for (const file of files) {
      if (bytes <= room) return;
      await rm(file.path, { force: true });
      bytes -= file.size;
    }
  };

  const prepare = async (): Promise<void> => {
    await mkdir(folder, { recursive: true });
    for (const name of await readdir(folder)) {
      if (isLeftOver(name)) await rm(path.join(folder, name), { force: true });
    }
    await evict(mostBytes);
  };

  /** One after the other for each key. */
  const inTurn = <T>(key: string, work: () => Promise<T>): Promise<T> => {
    const turn = (turns.get(key) ?? Promise.resolve()).then(work, work);
    turns.set(key, turn);
    const done = (): void => {
      if (turns.get(key) === turn) turns.delete(key);
    };
    turn.then(done, done);
    return turn;
  };

  /** The caller's own link to a kept file; null when there is none that is right. */
  const linkKept = async (kept: string, ref: BlobRef, own: string): Promise<string | null> => {
    try {
      await place(kept, own);
      const { size, ino } = await stat(own);
      const known = verified.get(ref.sha256) === ino;
      if (size === ref.bytes && (known || (await hashOf(own)) === ref.sha256)) {
        verified.set(ref.sha256, ino);
        // Another process may have forgotten it by now: what we have linked is ours.
        await touch(kept).catch(() => undefined);
        return own;
      }
      await Promise.all([rm(own, { force: true }), rm(kept, { force: true })]);
    } catch {
      // Not there, or not to be read: it is fetched.
    }
    return null;
  };

  const keep = async (file: string, ref: BlobRef, kept: string): Promise<void> => {
    await evict(mostBytes - ref.bytes);
    const unfinished = `${kept}.${process.pid}-${randomUUID()}.part`;
    try {
      await place(file, unfinished);
      await rename(unfinished, kept);
    } finally {
      await rm(unfinished, { force: true });
    }
    verified.set(ref.sha256, (await stat(kept)).ino);
    await touch(kept);
  };

  return {
    take: async (ref, into) => {
      if (ref.bytes > mostBytes) return { file: await artifacts.fetch(ref, into), hit: false };
      ready ??= prepare().catch(() => {
        ready = undefined;
      });
      await ready;
      const name = `${ref.sha256}.parquet`;
      const kept = path.join(folder, name);
      return inTurn(name, async () => {
        const own = await linkKept(kept, ref, path.join(into, name));
        if (own !== null) return { file: own, hit: true };
        const file = await artifacts.fetch(ref, into);
        // The rows are there: a cache that cannot be written only means that the next partition fetches them again.
        await inTurn('keep', () => keep(file, ref, kept)).catch(() => undefined);
        return { file, hit: false };
      });
    },
  };
}

/** Kept files, the least recently used first. */
async function keptFiles(folder: string): Promise<{ path: string; size: number }[]> {
  const files = [];
  for (const name of (await readdir(folder)).filter((one) => KEPT.test(one))) {
    const file = path.join(folder, name);
    const facts = await stat(file).catch(() => null);
    if (facts !== null) files.push({ path: file, size: facts.size, used: facts.mtimeMs });
  }
  return files.sort((a, b) => a.used - b.used);
}

/** A second name for a file, or a copy where the file system knows no such names. A name that is there already stays. */
async function place(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code === 'ENOENT') throw error;
    await copyFile(from, to, constants.COPYFILE_FICLONE);
  }
}

/** Whether a copy was broken off: its process is gone, or had our id before us. */
function isLeftOver(name: string): boolean {
  const id = Number(UNFINISHED.exec(name)?.[1] ?? Number.NaN);
  if (Number.isNaN(id)) return false;
  if (id === process.pid) return true;
  try {
    process.kill(id, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1024 ** 2 }), hash);
  return hash.digest('hex');
}
