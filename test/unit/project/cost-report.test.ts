import { readFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { loadPrices } from '../../../src/config/load-prices';
import { ageOfPrices, costOf, type Cost } from '../../../src/model/cost';
import { DEFAULT_PRICES } from '../../../src/model/prices';
import { addUsage, NO_USAGE, NO_WORK, type Usage, type UsageSum } from '../../../src/model/usage';
import { CostCollector, type GroupBy } from '../../../src/project/cost/cost-report';

const usage = (more: Partial<Usage>): Usage => ({ ...NO_USAGE, ...more });
const sum = (more: Partial<UsageSum>): UsageSum => ({
  ...{ day: '2026-01-01', runId: 'run-1', pipeline: 'flights', activity: 'publish', usage: NO_USAGE, work: NO_WORK },
  memory: { peakBytes: 0, instanceMb: 2048 },
  ...more,
});
const PIPELINES = {
  flights: { owner: 'aviation', tags: { costCenter: 'a' } },
  airports: { owner: 'aviation', tags: {} },
  orders: { tags: { costCenter: 'b' } },
};
const report = (by: GroupBy, sums: readonly UsageSum[]) => {
  const collector = new CostCollector(by, DEFAULT_PRICES, PIPELINES);
  for (const one of sums) collector.add(one);
  return collector.report();
};

test('each part is priced by its unit', () => {
  const prices = {
    ...DEFAULT_PRICES,
    databaseHour: { default: 1, connections: { crm: 2 } },
    egress: { internet: 10, otherRegion: 1, connections: { crm: 'internet' } as const },
  };
  const used = usage({
    executions: 2_000_000,
    gbSeconds: 1000,
    blob: { write: 10_000, list: 20_000, read: 10_000, other: 0, free: 99_999 },
    table: 10_000,
    connections: {
      crm: { calls: 1, ms: 1_800_000, sentBytes: 1024 ** 3, receivedBytes: 1024 ** 4 },
      warehouse: { calls: 1, ms: 3_600_000, sentBytes: 1024 ** 3, receivedBytes: 0 },
    },
  });
  const cost = costOf(used, prices);
  expect(cost).toMatchObject({ compute: 0.026, executions: 0.8, tableOperations: 0.00036, database: 2, egress: 10 });
  expect(cost.blobOperations).toBeCloseTo(0.05 + 0.1 + 0.004);
  expect(cost.total).toBeCloseTo(cost.compute + cost.executions + cost.blobOperations + 0.00036 + 2 + 10);
});

test('costs are told by run, a million rows and a GB; what belongs to nobody has no name', () => {
  const done = { ...NO_WORK, rows: 500_000 };
  const { groups, total } = report('pipeline', [
    sum({ usage: usage({ gbSeconds: 1000 }), work: done }),
    // The publish again, of the same run: the same rows.
    sum({ usage: usage({ gbSeconds: 1000 }), work: done }),
    sum({ activity: 'extract-partition', work: { ...NO_WORK, bytes: 1024 ** 3 / 2 } }),
    sum({ pipeline: null, activity: 'record-run', usage: usage({ table: 10_000 }) }),
  ]);
  expect(groups.map(({ key }) => key)).toEqual(['flights', null]);
  expect(groups[0]).toMatchObject({ runs: 1, rows: 500_000, cost: { compute: 0.052 } });
  expect(groups[0]!.per).toEqual({ run: 0.052, millionRows: 0.104, gigabyte: 0.104 });
  expect(groups[1]!.per).toMatchObject({ millionRows: null, gigabyte: null });
  expect(total.cost.total).toBeCloseTo(0.052 + 0.00036);
});

test('owners and tags come from the pipelines; one without is nobody', () => {
  const sums = ['flights', 'airports', 'orders', 'gone'].map((pipeline) =>
    sum({ pipeline, usage: usage({ gbSeconds: 1 }) }),
  );
  const keys = (by: GroupBy) => new Set(report(by, sums).groups.map(({ key }) => key));
  expect(keys('owner')).toEqual(new Set(['aviation', null]));
  expect(keys('tag:costCenter')).toEqual(new Set(['a', 'b', null]));
});

test('whatever they are told by, costs add up to the total', () => {
  const figure = fc.nat(1_000_000);
  const used = fc
    .record({ gbSeconds: figure, table: figure, executions: figure, ms: figure })
    .map(({ ms, ...more }) =>
      usage({ ...more, connections: { warehouse: { calls: 1, ms, sentBytes: ms, receivedBytes: 0 } } }),
    );
  const some = fc.record({
    pipeline: fc.constantFrom(null, 'flights', 'airports', 'orders', 'gone'),
    runId: fc.constantFrom(null, 'run-1', 'run-2'),
    day: fc.constantFrom('2026-01-01', '2026-01-02'),
    activity: fc.constantFrom('publish', 'extract-partition'),
    usage: used,
  });
  const by = fc.constantFrom<GroupBy>('pipeline', 'owner', 'day', 'run', 'activity', 'tag:costCenter');
  fc.assert(
    fc.property(fc.array(some, { maxLength: 30 }), by, (rows, groupBy) => {
      const { groups, total } = report(groupBy, rows.map(sum));
      const all = costOf(rows.map((row) => row.usage).reduce(addUsage, NO_USAGE), DEFAULT_PRICES);
      for (const part of Object.keys(all) as (keyof Cost)[]) {
        expect(groups.reduce((added, { cost }) => added + cost[part], 0)).toBeCloseTo(all[part], 6);
        expect(total.cost[part]).toBeCloseTo(all[part], 6);
      }
    }),
  );
});

describe('prices.yaml', () => {
  const folderWith = async (text: string): Promise<string> => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-prices-'));
    await writeFile(path.join(folder, 'prices.yaml'), text);
    return folder;
  };
  const example = /```yaml\n([\s\S]*?)```/.exec(
    readFileSync(path.join(__dirname, '../../../docs/cost.md'), 'utf8'),
  )![1]!;

  test('the example of the documents takes the place of the list prices', async () => {
    const { prices, source, problems } = loadPrices(await folderWith(example));
    expect({ source, problems }).toEqual({ source: 'prices.yaml', problems: [] });
    expect(prices).toMatchObject({ currency: 'EUR', databaseHour: { connections: { warehouse: 0.34 } } });
    expect(ageOfPrices(prices, '2026-11-11T12:00:00Z')).toBe(10);
  });

  test('what is wrong has a place and a fix, and list prices are used meanwhile', async () => {
    const { source, problems } = loadPrices(await folderWith(example.replace('EUR', 'euro').replace(/^date.*$/m, '')));
    expect(source).toBe('list prices');
    expect(problems).toMatchObject([
      { path: 'date', severity: 'error' },
      { path: 'currency', line: 2, value: 'euro', message: expect.stringContaining('three letters') as string },
    ]);
  });

  test('without a file there are list prices, with their date', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-prices-'));
    expect(loadPrices(folder)).toEqual({ prices: DEFAULT_PRICES, source: 'list prices', problems: [] });
  });
});
