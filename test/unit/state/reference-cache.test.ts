import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { BlobRef } from '../../../src/model/artifact';
import { createReferenceCache, type ReferenceCache } from '../../../src/state/reference-cache';

let root: string;
let folder: string;
let fetched: string[];
let sessions = 0;

beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'sluice-references-'));
  folder = path.join(root, 'references');
  fetched = [];
});
afterEach(() => rm(root, { recursive: true, force: true }));

function refOf(content: string): BlobRef {
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { path: content, bytes: Buffer.byteLength(content), sha256 };
}

/** A cache as a new process has it: it knows only what is on the disk. Artifacts hold their own path. */
function newCache(mostBytes = 100): ReferenceCache {
  const fetch = async (ref: BlobRef, into: string): Promise<string> => {
    if (ref.path.startsWith('broken')) throw new Error('The storage is away.');
    fetched.push(ref.path);
    const file = path.join(into, `fetched-${ref.sha256}`);
    await writeFile(file, ref.path);
    return file;
  };
  return createReferenceCache({ artifacts: { fetch }, folder, mostBytes });
}

async function session(): Promise<string> {
  const into = path.join(root, `session-${sessions++}`);
  await mkdir(into);
  return into;
}

/** Takes an artifact into a folder of its own, and says whether it was there. */
async function take(cache: ReferenceCache, content: string): Promise<boolean> {
  const { file, hit } = await cache.take(refOf(content), await session());
  expect(await readFile(file, 'utf8')).toBe(content);
  return hit;
}

const keptOf = async (): Promise<string[]> => (await readdir(folder)).sort();
const named = (...contents: string[]): string[] => contents.map((content) => `${refOf(content).sha256}.parquet`).sort();

it('fetches once, for a session and for those after it', async () => {
  const cache = newCache();
  expect([await take(cache, 'one'), await take(cache, 'one'), await take(cache, 'two')]).toEqual([false, true, false]);
  expect(fetched).toEqual(['one', 'two']);
  expect(await keptOf()).toEqual(named('one', 'two'));
});

it('fetches once for sessions that come at the same time, also for two of the same folder', async () => {
  const cache = newCache();
  const hits = await Promise.all(
    Array.from({ length: 20 }, (_, index) => take(cache, index % 2 === 0 ? 'one' : 'two')),
  );
  expect(hits.filter((hit) => !hit)).toHaveLength(2);
  expect(fetched.sort()).toEqual(['one', 'two']);
  const into = await session();
  const twice = await Promise.all([cache.take(refOf('one'), into), cache.take(refOf('one'), into)]);
  expect(twice.map(({ hit }) => hit)).toEqual([true, true]);
});

it('forgets what was used least recently, and leaves the files of sessions alone', async () => {
  const cache = newCache(10);
  const running = await cache.take(refOf('aaaa'), await session());
  await take(cache, 'bbbb');
  await take(cache, 'aaaa');
  await take(cache, 'cccc');
  expect(await keptOf()).toEqual(named('aaaa', 'cccc'));
  await take(cache, 'dddddddddd');
  expect(await keptOf()).toEqual(named('dddddddddd'));
  expect(await readFile(running.file, 'utf8')).toBe('aaaa');
  expect(await take(cache, 'aaaa')).toBe(false);
});

it('remembers over processes what was used last', async () => {
  await take(newCache(8), 'aaaa');
  await take(newCache(8), 'bbbb');
  await take(newCache(8), 'aaaa');
  await take(newCache(8), 'cccc');
  expect(await keptOf()).toEqual(named('aaaa', 'cccc'));
});

it('does not keep what is larger than all of it', async () => {
  const cache = newCache(3);
  expect([await take(cache, 'four'), await take(cache, 'four'), await take(newCache(0), 'x')]).toEqual([
    false,
    false,
    false,
  ]);
  await expect(readdir(folder)).rejects.toThrow('ENOENT');
});

it('checks what an earlier process left, once, and fetches anew what is damaged', async () => {
  await take(newCache(), 'good');
  await take(newCache(), 'evil');
  await writeFile(path.join(folder, named('evil')[0] ?? ''), 'live');
  await writeFile(path.join(folder, named('short')[0] ?? ''), 'sho');
  const cache = newCache();
  expect([await take(cache, 'good'), await take(cache, 'evil'), await take(cache, 'short')]).toEqual([
    true,
    false,
    false,
  ]);
  expect([await take(cache, 'evil'), await take(cache, 'short')]).toEqual([true, true]);
  expect(fetched).toEqual(['good', 'evil', 'evil', 'short']);
});

it('removes the copies that a killed process left, leaves those of a living one, and keeps to a smaller bound', async () => {
  await take(newCache(), 'aaaa');
  await take(newCache(), 'bbbb');
  const { pid: dead } = spawnSync(process.execPath, ['-e', '']);
  const partOf = (pid: number): string => `${refOf('x').sha256}.parquet.${pid}-0000.part`;
  for (const pid of [dead, process.pid, process.ppid]) await writeFile(path.join(folder, partOf(pid)), 'half');
  await take(newCache(6), 'b');
  expect(await keptOf()).toEqual([...named('bbbb', 'b'), partOf(process.ppid)].sort());
});

it('passes on that an artifact cannot be fetched, and tries again', async () => {
  const cache = newCache();
  await expect(cache.take(refOf('broken'), await session())).rejects.toThrow('The storage is away.');
  await expect(cache.take(refOf('broken'), await session())).rejects.toThrow('The storage is away.');
  expect(await take(cache, 'one')).toBe(false);
});

it('serves without a folder that it can write', async () => {
  await writeFile(folder, 'a file is in the way');
  const cache = newCache();
  expect([await take(cache, 'one'), await take(cache, 'one')]).toEqual([false, false]);
  await rm(folder);
  expect([await take(cache, 'one'), await take(cache, 'one')]).toEqual([false, true]);
});
