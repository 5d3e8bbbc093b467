import type { Stores } from '../../../src/state/stores';
import { testStores } from './test-stores';

let stores: Stores;
beforeAll(async () => {
  stores = await testStores();
  for (let month = 1; month <= 6; month += 1) {
    const run = { runId: `run-${month}`, at: `2026-0${month}-01T00:00:00.000Z` };
    for (const pipeline of ['orders', 'orders-2']) {
      const said = { ...run, pipeline, verdict: 'passed', message: '', checks: [], metrics: [] } as const;
      await stores.checks.put(said);
      for (const metric of ['rowCount', 'mean(delay)']) {
        await stores.metrics.record({ ...run, pipeline }, [{ metric, value: month, anomalous: false }]);
      }
    }
  }
});
const BEFORE = '2026-05-15T00:00:00.000Z';

test('checks of old runs are forgotten with their pointers, never the newest; a dry run only counts', async () => {
  expect(await stores.checks.prune('orders', BEFORE, true)).toBe(5);
  expect((await stores.checks.list({ pipeline: 'orders', limit: 10 })).runs).toHaveLength(6);
  expect(await stores.checks.prune('orders', BEFORE, false)).toBe(5);
  expect((await stores.checks.list({ pipeline: 'orders', limit: 10 })).runs.map(({ runId }) => runId)).toEqual([
    'run-6',
  ]);
  expect(await stores.checks.ofRun('run-1')).toMatchObject([{ pipeline: 'orders-2' }]);
  expect(await stores.checks.prune('orders', '2999-01-01T00:00:00.000Z', false)).toBe(0);
  expect(await stores.checks.get('run-6', 'orders')).not.toBeNull();
});

test('metrics are forgotten by age, the newest kept whatever their age, those of others left', async () => {
  expect(await stores.metrics.prune('orders', BEFORE, 3, true)).toBe(6);
  expect(await stores.metrics.prune('orders', BEFORE, 3, false)).toBe(6);
  for (const metric of ['rowCount', 'mean(delay)']) {
    expect((await stores.metrics.last('orders', metric, 10)).map(({ value }) => value)).toEqual([6, 5, 4]);
    expect(await stores.metrics.last('orders-2', metric, 10)).toHaveLength(6);
  }
  expect(await stores.metrics.prune('orders', BEFORE, 0, false)).toBe(4);
});

test('days of usage come in order, and go by themselves', async () => {
  const { usage } = stores;
  const memory = { peakBytes: 1, instanceMb: 2048 };
  const work = { bytes: 0, partitions: 0, rows: 0, upToDate: false, cacheHits: 0, cacheMisses: 0 };
  const blob = { write: 0, list: 0, read: 0, other: 0, free: 0 };
  const used = { executions: 1, activeMs: 1, gbSeconds: 1, blob, table: 1, connections: {} };
  for (const day of ['2026-01-02', '2025-12-31', '2026-01-01']) {
    await usage.record({
      ...{
        at: `${day}T10:00:00.000Z`,
        execution: 'x',
        activity: 'publish',
        runId: 'r',
        pipeline: 'p',
        partition: null,
      },
      ...{ usage: { ...used, storageSentBytes: 0, storageReceivedBytes: 0 }, work, memory },
    });
  }
  const days = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const day of usage.days()) found.push(day);
    return found;
  };
  expect(await days()).toEqual(['2025-12-31', '2026-01-01', '2026-01-02']);
  expect(await usage.forget('2025-12-31', true)).toBe(1);
  expect(await usage.forget('2025-12-31', false)).toBe(1);
  expect(await days()).toEqual(['2026-01-01', '2026-01-02']);
  expect(await usage.inventory()).toBeNull();
});
