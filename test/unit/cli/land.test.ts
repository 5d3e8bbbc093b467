import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { testStorage, uniqueName } from '../../support/azurite';
import { projectFolder, removeFolders } from '../config/support/project-folder';
import { sluice } from './support/sluice';

let files = '';
beforeAll(() => {
  files = mkdtempSync(path.join(os.tmpdir(), 'sluice-land-'));
  writeFileSync(path.join(files, 'a.csv'), 'id\n1\n');
  writeFileSync(path.join(files, 'b.csv'), 'id\n2\n');
});
afterAll(() => rmSync(files, { recursive: true }));
afterEach(removeFolders);
const file = (name: string) => path.join(files, name);

async function place() {
  const { connectionString } = await testStorage();
  const container = uniqueName('land');
  const connections = `connections:\n  landing: { kind: blob, container: ${container}, setting: LAKE }\n  here: { kind: folder, path: ${files}/in }\n  shop: { kind: http, baseUrl: 'https://example.com' }\n`;
  const folder = projectFolder({ 'connections.yaml': connections });
  const text = async (name: string) =>
    (
      await BlobServiceClient.fromConnectionString(connectionString)
        .getContainerClient(container)
        .getBlobClient(name)
        .downloadToBuffer()
    ).toString();
  const run = (...args: string[]) => sluice(['land', ...args, '--folder', folder], { env: { LAKE: connectionString } });
  return { run, text };
}

test('files land in a container, which is made, and nothing is overwritten unasked', async () => {
  const { run, text } = await place();
  const answer = await run(file('a.csv'), file('b.csv'), 'landing:orders/');
  expect(answer).toMatchObject({ code: 0, err: '' });
  expect(answer.out).toBe(
    `${file('a.csv')} → landing:orders/a.csv (5 bytes)\n${file('b.csv')} → landing:orders/b.csv (5 bytes)\n`,
  );
  expect(await text('orders/b.csv')).toBe('id\n2\n');
  const again = await run(file('b.csv'), 'landing:orders/a.csv');
  expect(again.code).toBe(2);
  expect(again.err).toContain('landing:orders/a.csv exists already; --overwrite');
  expect(await text('orders/a.csv')).toBe('id\n1\n');
  expect(await run(file('b.csv'), 'landing:orders/a.csv', '--overwrite')).toMatchObject({ code: 0 });
  expect(await text('orders/a.csv')).toBe('id\n2\n');
});

test('files land in a folder, by themselves', async () => {
  const { run } = await place();
  const json = await run(file('a.csv'), 'here:x/y.csv', '--json');
  expect(JSON.parse(json.out)).toEqual({ landed: [{ file: file('a.csv'), path: 'here:x/y.csv', bytes: 5 }] });
  expect(await run(file('b.csv'), 'here:x/y.csv')).toMatchObject({ code: 2 });
  expect(readFileSync(path.join(files, 'in/x/y.csv'), 'utf8')).toBe('id\n1\n');
  expect(await run(file('b.csv'), 'here:x/y.csv', '--overwrite')).toMatchObject({ code: 0 });
  expect(readFileSync(path.join(files, 'in/x/y.csv'), 'utf8')).toBe('id\n2\n');
});

test.each([
  [['landing:orders/'], 'name a file and connection:path'],
  [['nothing.csv', 'landing:orders/'], "there is no file 'nothing.csv'"],
  [['a.csv', 'b.csv', 'landing:orders/x.csv'], 'several files need a folder'],
  [['a.csv', 'orders/'], "'orders/' is no connection:path"],
  [['a.csv', 'lake:orders/'], 'it has landing, here, shop'],
  [['a.csv', 'shop:orders/'], "'shop' is http"],
  [['a.csv', 'here:../x.csv'], 'is no path of a file'],
  [['a.csv', 'landing:orders/*.csv'], 'is no path of a file'],
])('%j is refused', async (args, message) => {
  const { run } = await place();
  const known = new Set(['a.csv', 'b.csv']);
  const answer = await run(...args.map((arg) => (known.has(arg) ? file(arg) : arg)));
  expect(answer.code).toBe(2);
  expect(answer.err).toContain(message);
});
