import { takeDecided } from '../../../../src/durable/activities/review/take-decided';
import { untouched, type RowReview, type ReviewState } from '../../../../src/model/quarantine-review';
import type { Stores } from '../../../../src/state/stores';
import { testStores } from '../../state/test-stores';

const BATCH = 'run.orders.transform.0.0';
let stores: Stores;
beforeAll(async () => {
  stores = await testStores();
});

const put = (row: number, state: ReviewState, more: Partial<RowReview> = {}) =>
  stores.reviews.saveRow(BATCH, { ...untouched({ file: 0, row }), state, version: 1, ...more }, null);
const taken = async (release: string, most: number) =>
  (await takeDecided(stores.reviews, BATCH, release, most)).map(({ row }) => row);

test('a release takes no more rows than it may, also when it is repeated and more were decided meanwhile', async () => {
  for (const row of [2, 3, 4]) await put(row, 'decided');
  await put(5, 'discarded');
  expect(await taken('rel-1', 2)).toEqual([2, 3]);
  await put(1, 'decided');
  expect(await taken('rel-1', 2)).toEqual([2, 3]);
  expect((await stores.reviews.row(BATCH, { file: 0, row: 1 }))?.value.state).toBe('decided');
  // The next release takes what is left, and nothing of the first.
  expect(await taken('rel-2', Infinity)).toEqual([1, 4]);
});
