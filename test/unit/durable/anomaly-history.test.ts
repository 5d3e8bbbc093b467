import { anomalyHistory } from '../../../src/durable/activities/anomaly-history';
import type { Slice } from '../../../src/model/slice';
import type { Stores } from '../../../src/state/stores';
import { testStores } from '../state/test-stores';
import { pipelineOf } from '../steps/support/steps-bench';

const FULL: Slice = { kind: 'full' };
const checks = [
  { anomaly: { metric: 'rowCount' } },
  { anomaly: { metric: 'rowCount', sensitivity: 9 } },
  { anomaly: { metric: 'mean', column: 'v' } },
  { rowCount: { min: 1 } },
];
let stores: Stores;
const record = (index: number, metric = 'rowCount', pipeline = 'orders'): Promise<void> => {
  const at = new Date(Date.UTC(2026, 0, 1, index)).toISOString();
  return stores.metrics.record({ pipeline, runId: `run-${index}`, at }, [{ metric, value: index, anomalous: false }]);
};

beforeAll(async () => {
  stores = await testStores();
  for (const index of [1, 2, 3]) await record(index);
  await record(4, 'rowCount', 'others');
});

test('has the points of each metric once, without the run itself', async () => {
  const history = await anomalyHistory({ stores }, 'run-2', pipelineOf({ checks }), FULL);
  expect(Object.keys(history.points)).toEqual(['rowCount', 'mean(v)']);
  expect(history.points['rowCount']?.map(({ value }) => value)).toEqual([3, 1]);
  expect(history.points['mean(v)']).toEqual([]);
  expect(history).toMatchObject({ timeZone: 'UTC', incomparable: null });
});

test('has at most the newest two hundred, also when the run is one of them', async () => {
  for (let index = 100; index < 304; index += 50) {
    await Promise.all(Array.from({ length: 50 }, (_, more) => record(index + more, 'mean(v)')));
  }
  const { points } = await anomalyHistory({ stores }, 'run-300', pipelineOf({ checks }), FULL);
  expect(points['mean(v)']).toHaveLength(200);
  expect(points['mean(v)']?.map(({ value }) => value)).not.toContain(300);
});

test('knows the day of the schedule', async () => {
  const trigger = { schedule: { cron: '0 2 * * *', timeZone: 'Asia/Tokyo', missed: 'last' as const } };
  const pipeline = { ...pipelineOf({ checks }), trigger };
  expect(await anomalyHistory({ stores }, 'r', pipeline, FULL)).toMatchObject({ timeZone: 'Asia/Tokyo' });
});

test('does not compare rows released from quarantine', async () => {
  const slice: Slice = { kind: 'release', release: 'rel-1', runs: ['run-1'] };
  const history = await anomalyHistory({ stores }, 'r', pipelineOf({ checks }), slice);
  expect(history).toMatchObject({ points: {}, incomparable: expect.stringContaining('released') });
});
