import type { FileVersion, Watermark } from '../../../src/model/slice';
import type { Stores } from '../../../src/state/stores';
import { testStores } from './test-stores';

let stores: Stores;
beforeAll(async () => {
  stores = await testStores();
});
const file = (path: string, etag = '0x1'): FileVersion => ({
  path,
  etag,
  bytes: 5,
  modifiedAt: '2026-01-01T00:00:00Z',
});
const mark = (pipeline: string, load: number, files: FileVersion[], more: Partial<Watermark> = {}): Watermark => ({
  pipeline,
  load,
  files,
  value: null,
  definitionHash: 'h',
  ...more,
});

test('there is none before the first load', async () => {
  expect(await stores.watermarks.get('none')).toBeNull();
});

test('keeps the newest version of each file, and drops those that are gone', async () => {
  await stores.watermarks.advance(mark('a', 1, [file('x/#1?.csv'), file('y\\2%.csv'), file('z.csv')]));
  const second = mark('a', 2, [file('x/#1?.csv', '0x2'), file('y\\2%.csv'), file('new.csv')], { value: '7' });
  await stores.watermarks.advance(second);
  expect(await stores.watermarks.get('a')).toEqual({
    ...second,
    files: [file('new.csv'), file('x/#1?.csv', '0x2'), file('y\\2%.csv')],
  });
});

test('never moves backwards', async () => {
  await stores.watermarks.advance(mark('b', 5, [file('five')]));
  await stores.watermarks.advance(mark('b', 4, [file('four')]));
  expect(await stores.watermarks.get('b')).toEqual(mark('b', 5, [file('five')]));
});

test('the same again changes nothing; the same load mended counts', async () => {
  await stores.watermarks.advance(mark('c', 1, [file('one')]));
  await stores.watermarks.advance(mark('c', 1, [file('one')]));
  expect(await stores.watermarks.get('c')).toEqual(mark('c', 1, [file('one')]));
  await stores.watermarks.advance(mark('c', 1, [file('one'), file('two')]));
  expect((await stores.watermarks.get('c'))?.files).toEqual([file('one'), file('two')]);
});

test('of many at once the highest load wins, with all of its files and no other', async () => {
  const loads = [1, 2, 3, 4, 5].map((load) => mark('d', load, [file('same', `0x${load}`), file(`only-${load}`)]));
  await Promise.all(loads.map((watermark) => stores.watermarks.advance(watermark)));
  expect(await stores.watermarks.get('d')).toEqual({ ...loads[4]!, files: [file('only-5'), file('same', '0x5')] });
});

test('holds more files than one transaction takes', async () => {
  const files = Array.from({ length: 250 }, (_, index) => file(`f${String(index).padStart(3, '0')}`));
  await stores.watermarks.advance(mark('e', 1, files));
  expect((await stores.watermarks.get('e'))?.files).toEqual(files);
});
