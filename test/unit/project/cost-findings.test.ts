import { DEFAULT_PRICES } from '../../../src/model/prices';
import type { Inventory, InventoryClass } from '../../../src/model/retention';
import { NO_USAGE, NO_WORK, type Usage, type UsageSum, type WorkDone } from '../../../src/model/usage';
import { costFindings, type FindingsInput } from '../../../src/project/cost/findings';

const NOW = '2026-01-31T00:00:00.000Z';
const GB = 1024 ** 3;
const MB = 1024 ** 2;
const sum = (
  runId: string,
  more: { usage?: Partial<Usage>; work?: Partial<WorkDone> } & Partial<Omit<UsageSum, 'usage' | 'work'>>,
): UsageSum => ({
  ...{ day: '2026-01-30', runId, pipeline: 'flights', activity: 'plan-pipeline' },
  memory: { peakBytes: 1900 * MB, instanceMb: 2048 },
  ...more,
  usage: { ...NO_USAGE, executions: 1, ...more.usage },
  work: { ...NO_WORK, ...more.work },
});
const stock = (...classes: Partial<InventoryClass>[]): Inventory => ({
  at: '2026-01-30T23:00:00.000Z',
  classes: classes.map((one) => ({
    ...{ name: 'artifacts', pipeline: 'flights', tier: 'hot', count: 1, bytes: 0, oldBytes: 0 },
    ...one,
  })),
});
const find = (sums: readonly UsageSum[], more: Partial<FindingsInput> = {}) =>
  costFindings({
    ...{ sums, days: 15, now: NOW, prices: DEFAULT_PRICES, pipelines: ['flights'], inventory: stock() },
    ...more,
  });
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

test('a pipeline that finds nothing new nine times of ten', () => {
  const idle = { usage: { gbSeconds: 1000 }, work: { upToDate: true } };
  const runs = [...times(19, (index) => sum(`idle-${index}`, idle)), sum('busy', { usage: { gbSeconds: 9999 } })];
  const [finding, ...others] = find(runs);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    kind: 'idle-pipeline',
    pipeline: 'flights',
    message: '19 of 20 runs in 15 days (95%) found nothing new',
    figures: { runs: 20, idleRuns: 19 },
  });
  // Three quarters of what the idle ones cost, twice as much in a month as in 15 days.
  expect(finding!.monthlySaving).toBeCloseTo(19 * (0.026 + 0.4e-6) * 0.75 * 2, 6);
  expect(find(runs.slice(0, 19))).toEqual([]);
  expect(find([...runs, ...times(2, (index) => sum(`more-${index}`, {}))])).toEqual([]);
});

test('instances that are larger than any worker ever was', () => {
  const one = (peakMb: number, instanceMb: number) =>
    sum('run-1', { usage: { executions: 100, gbSeconds: 1e6 }, memory: { peakBytes: peakMb * MB, instanceMb } });
  expect(find([one(1500, 4096)])).toMatchObject([
    {
      kind: 'oversized-memory',
      pipeline: null,
      figures: { peakMb: 1500, instanceMb: 4096, smallerMb: 2048 },
      monthlySaving: 26,
    },
  ]);
  expect(find([one(1700, 4096)])).toEqual([]);
  expect(find([one(300, 2048)])).toMatchObject([{ figures: { smallerMb: 512 } }]);
  // Too little happened to say so.
  expect(find([sum('run-1', { memory: { peakBytes: MB, instanceMb: 4096 } })])).toEqual([]);
});

test('hot data that nobody has written for long, and what a pipeline left that is gone', () => {
  const inventory = stock(
    { name: 'quarantine', bytes: 20 * GB, oldBytes: 10 * GB },
    { name: 'quarantine', tier: 'cool', bytes: 20 * GB, oldBytes: 10 * GB },
    { name: 'plans', pipeline: null, bytes: GB, oldBytes: GB },
    { pipeline: 'gone', bytes: 5 * GB },
    { pipeline: 'gone', name: 'seen', tier: 'cool', bytes: 5 * GB },
  );
  const found = find([], { inventory });
  expect(found.map(({ kind, pipeline }) => [kind, pipeline])).toEqual([
    ['retention-not-applied', 'gone'],
    ['hot-data', 'flights'],
    ['hot-data', null],
  ]);
  expect(found[0]!.monthlySaving).toBeCloseTo(5 * 0.018 + 5 * 0.01);
  expect(found[1]!.monthlySaving).toBeCloseTo(10 * 0.008);
  expect(found[1]!.fix).toContain('archive');
});

test('maintenance that never ran, or not for days', () => {
  expect(find([], { inventory: null })).toMatchObject([{ kind: 'retention-not-applied', monthlySaving: null }]);
  const old = { ...stock(), at: '2026-01-20T00:00:00.000Z' };
  expect(find([], { inventory: old })[0]!.message).toContain('since 2026-01-20');
});

test('lookups that fetch their references again and again', () => {
  const lookups = (cacheHits: number, cacheMisses: number) =>
    times(4, (index) => sum(`run-${index}`, { activity: 'transform-partition', work: { cacheHits, cacheMisses } }));
  expect(find(lookups(1, 10))).toMatchObject([
    { kind: 'lookups-reload', figures: { cacheHits: 4, cacheMisses: 40, runs: 4 } },
  ]);
  expect(find(lookups(100, 10))).toEqual([]);
  expect(find(lookups(0, 1))).toEqual([]);
});

test('many small partitions: requests and executions go with their number', () => {
  const partitions = (count: number, bytes: number) => [
    sum('run-1', {
      activity: 'extract-partition',
      usage: { executions: count, blob: { write: 10_000, list: 0, read: 0, other: 0, free: 0 } },
      work: { partitions: count, bytes: bytes * count },
    }),
  ];
  const [finding] = find(partitions(64, 100 * 1024));
  expect(finding).toMatchObject({
    kind: 'small-partitions',
    message: '64 partitions in a run, of 100 KB each',
    figures: { partitions: 64, enoughPartitions: 1 },
  });
  expect(finding!.monthlySaving).toBeCloseTo((0.05 + (64 * 0.4) / 1e6) * (63 / 64) * 2, 6);
  expect(find(partitions(4, 100))).toEqual([]);
  expect(find(partitions(64, 2 * MB))).toEqual([]);
});
