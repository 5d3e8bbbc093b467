import { NEW_BATCH_REVIEW, untouched, type RowReview } from '../../../src/model/quarantine-review';
import { testStorage } from '../../support/azurite';
import { cuttingProxy } from '../../support/cutting-proxy';
import { testStores } from './test-stores';

const BATCH = 'run-1.orders.transform.0.0';
const decided = (file: number, row: number, version = 1): RowReview => ({
  ...untouched({ file, row }),
  state: 'decided',
  decision: 'retry',
  reason: `version ${version}`,
  by: 'ann',
  at: '2026-01-01T00:00:00.000Z',
  version,
});

test('a batch that nobody touched is new, and is written under the version that was read', async () => {
  const { reviews } = await testStores();
  expect(await reviews.batch(BATCH)).toEqual({ value: NEW_BATCH_REVIEW, etag: null });
  expect(await reviews.saveBatch(BATCH, { ...NEW_BATCH_REVIEW, reminders: 1 }, null)).toBe(true);
  expect(await reviews.saveBatch(BATCH, { ...NEW_BATCH_REVIEW, reminders: 9 }, null)).toBe(false);
  const { value, etag } = await reviews.batch(BATCH);
  expect(value.reminders).toBe(1);
  expect(await reviews.saveBatch(BATCH, { ...value, reminders: 2 }, etag)).toBe(true);
  expect(await reviews.saveBatch(BATCH, { ...value, reminders: 3 }, etag)).toBe(false);
});

test('of two who decide at once one wins, and every version stays', async () => {
  const { reviews } = await testStores();
  const first = await Promise.all([
    reviews.saveRow(BATCH, decided(0, 5), null),
    reviews.saveRow(BATCH, { ...decided(0, 5), by: 'bob' }, null),
  ]);
  expect(first.filter(Boolean)).toHaveLength(1);
  const known = (await reviews.row(BATCH, { file: 0, row: 5 }))!;
  const second = await Promise.all(
    ['ann', 'bob'].map((by) => reviews.saveRow(BATCH, { ...decided(0, 5, 2), by }, known.etag)),
  );
  expect(second.filter(Boolean)).toHaveLength(1);
  const history = await reviews.history(BATCH, { file: 0, row: 5 });
  expect(history.map(({ version }) => version)).toEqual([1, 2]);
  expect(await reviews.row(BATCH, { file: 0, row: 6 })).toBeNull();
});

test('a write whose answer gets lost is one that was made', async () => {
  let left = 0;
  const isWrite = (request: string) => /^(POST|PUT) /.test(request) && !request.includes('/Tables') && left-- > 0;
  const proxy = await cuttingProxy((await testStorage()).tableEndpoint, isWrite);
  try {
    const { reviews } = await testStores(Date.now, proxy.port);
    await reviews.batch(BATCH);
    left = 1;
    expect(await reviews.saveBatch(BATCH, { ...NEW_BATCH_REVIEW, reminders: 1 }, null)).toBe(true);
    const { value, etag } = await reviews.batch(BATCH);
    left = 1;
    expect(await reviews.saveBatch(BATCH, { ...value, reminders: 2 }, etag)).toBe(true);
    left = 1;
    expect(await reviews.saveRow(BATCH, decided(0, 5), null)).toBe(true);
    const known = (await reviews.row(BATCH, { file: 0, row: 5 }))!;
    left = 1;
    expect(await reviews.saveRow(BATCH, decided(0, 5, 2), known.etag)).toBe(true);
    expect(proxy.cuts()).toBe(4);
    expect(await reviews.history(BATCH, { file: 0, row: 5 })).toHaveLength(2);
  } finally {
    proxy.close();
  }
});

test('rows come in the order of the batch, from a place on, also those that a step made', async () => {
  const { reviews } = await testStores();
  const places = [
    [-1, 1],
    [0, 9],
    [0, 10],
    [0, 2 ** 40],
    [1, 1],
    [10, 3],
    [2, 20],
  ] as const;
  for (const [file, row] of places) await reviews.saveRow(BATCH, decided(file, row), null);
  const read = async (from?: { file: number; row: number }) => {
    const found: string[] = [];
    for await (const { value } of reviews.rows(BATCH, from)) found.push(`${value.file}-${value.row}`);
    return found;
  };
  const all = ['-1-1', '0-9', '0-10', '0-1099511627776', '1-1', '2-20', '10-3'];
  expect(await read()).toEqual(all);
  for (const [index, id] of all.entries()) {
    const [, file, row] = /^(-?\d+)-(\d+)$/.exec(id)!;
    expect(await read({ file: Number(file), row: Number(row) })).toEqual(all.slice(index));
  }
  expect(await read({ file: 0, row: 11 })).toEqual(all.slice(3));
});
