import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Stores } from '../../../src/state/stores';
import { testStores } from './test-stores';

let stores: Stores;
let folder: string;
let file: string;
beforeAll(async () => {
  stores = await testStores();
  folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-artifacts-'));
  file = path.join(folder, 'local.parquet');
  await writeFile(file, 'PAR1 some bytes PAR1');
});
const place = (runId: string) => ({ runId, pipeline: 'p', step: 'extract', partition: 3 });
const facts = { rows: 2, columns: [{ name: 'ä', type: 'integer', nullable: true }] } as const;

test('an uploaded file comes back as it was, under a name of its own each time', async () => {
  const first = await stores.artifacts.putParquet(file, place('run-1'), facts);
  const second = await stores.artifacts.putParquet(file, place('run-1'), facts);
  expect(first.path).toMatch(/^runs\/run-1\/p\/extract\/3-[0-9a-f]{16}\.parquet$/);
  expect(second.path).not.toBe(first.path);
  expect(first).toMatchObject({ bytes: 20, rows: 2, columns: facts.columns });
  const target = path.join(folder, 'down');
  const [one, same] = await Promise.all([stores.artifacts.fetch(first, target), stores.artifacts.fetch(first, target)]);
  expect(one).toBe(same);
  expect(await stores.artifacts.fetch(first, target)).toBe(one);
  expect(await readFile(one, 'utf8')).toBe('PAR1 some bytes PAR1');
});

test('content that is not what the reference says is refused and leaves no file', async () => {
  const ref = await stores.artifacts.putParquet(file, place('run-2'), facts);
  const target = path.join(folder, 'corrupt');
  const wrong = { ...ref, sha256: 'f'.repeat(64) };
  await expect(stores.artifacts.fetch(wrong, target)).rejects.toMatchObject({ code: 'artifact-corrupt' });
  await expect(stores.artifacts.fetch({ ...ref, bytes: 3 }, target)).rejects.toMatchObject({
    code: 'artifact-corrupt',
  });
  expect(await readdir(target)).toEqual([]);
});

test('an artifact that is gone says so', async () => {
  const gone = { path: 'runs/none.parquet', bytes: 1, sha256: 'a' };
  await expect(stores.artifacts.fetch(gone, folder)).rejects.toMatchObject({ code: 'artifact-missing' });
  await expect(stores.artifacts.getJson(gone)).rejects.toMatchObject({ code: 'artifact-missing' });
});

test('JSON is content-addressed and keeps the order of its keys', async () => {
  const value = { z: 1, a: [{ ü: null }] };
  const ref = await stores.artifacts.putJson('plans', value);
  expect(await stores.artifacts.putJson('plans', value)).toEqual(ref);
  expect(ref.path).toBe(`plans/${ref.sha256}.json`);
  expect(JSON.stringify(await stores.artifacts.getJson(ref))).toBe(JSON.stringify(value));
  await expect(stores.artifacts.getJson({ ...ref, sha256: 'b' })).rejects.toMatchObject({ code: 'artifact-corrupt' });
});

test('bytes stand at the place that names them, once, and are what their reference says', async () => {
  const content = Buffer.from('code,name\nDE,Germany\n');
  const sha256 = createHash('sha256').update(content).digest('hex');
  const ref = { path: `references/${sha256}`, bytes: content.length, sha256 };
  await stores.artifacts.putBytes(ref, content);
  await stores.artifacts.putBytes(ref, content);
  expect(await readFile(await stores.artifacts.fetch(ref, path.join(folder, 'bytes')))).toEqual(content);
  const other = { ...ref, path: 'references/other' };
  await expect(stores.artifacts.putBytes(other, Buffer.from('x'))).rejects.toMatchObject({ code: 'artifact-corrupt' });
  await expect(stores.artifacts.fetch(other, folder)).rejects.toMatchObject({ code: 'artifact-missing' });
});

test('of two files of one name the first one counts', async () => {
  expect(await stores.artifacts.findNamed('references/x')).toBeNull();
  const first = await stores.artifacts.putNamed('references/x', file, facts);
  const second = await stores.artifacts.putNamed('references/x', file, { ...facts, rows: 9 });
  expect(second).toEqual(first);
  expect(await stores.artifacts.findNamed('references/x')).toEqual(first);
});
