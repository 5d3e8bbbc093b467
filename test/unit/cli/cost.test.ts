import { DEFAULT_PRICES } from '../../../src/model/prices';
import { NO_USAGE, NO_WORK } from '../../../src/model/usage';
import { CostCollector } from '../../../src/project/cost/cost-report';
import { useFakeApi } from './support/fake-api';
import { sluice } from './support/sluice';

let asked: string[] = [];
const prices = {
  ...{ date: '2025-06-01', currency: 'USD', region: 'eastus', source: 'list prices', ageDays: 500, old: true },
  warning: 'The prices are 500 days old',
};
const report = () => {
  const collector = new CostCollector('pipeline', DEFAULT_PRICES, {});
  const one = { day: '2026-01-01', runId: 'run-1', memory: { peakBytes: 0, instanceMb: 2048 } };
  const usage = { ...NO_USAGE, gbSeconds: 100_000 };
  collector.add({ ...one, pipeline: 'flights', activity: 'publish', usage, work: { ...NO_WORK, rows: 1_300_000 } });
  collector.add({ ...one, pipeline: null, activity: 'record-run', usage: { ...NO_USAGE, table: 10 }, work: NO_WORK });
  return collector.report();
};
const url = useFakeApi(({ url: address }) => {
  asked.push(address);
  const { groups, total } = report();
  if (address.startsWith('/api/costs')) {
    return { json: { from: '2026-01-01', to: '2026-01-30', groupBy: 'pipeline', prices, groups, total } };
  }
  return { json: { prices, pipelines: groups.map((group) => ({ ...group, activities: groups })), total } };
});
beforeEach(() => {
  asked = [];
});
const run = (...args: string[]) => sluice(['cost', ...args, '--url', url()]);

test('a table of pipelines with their sum, the prices and their warning', async () => {
  const { code, out } = await run('--from', '2026-01-01', '--by', 'tag:costCenter');
  expect(code).toBe(0);
  expect(asked).toEqual(['/api/costs?from=2026-01-01&groupBy=tag%3AcostCenter']);
  expect(out).toMatch(/^2026-01-01 to 2026-01-30\n/);
  expect(out).toMatch(/flights +1 +1,300,000 +0\.000 +2\.60 +0 +0 +0 +2\.60 +2\.60 +2\.00\n/);
  expect(out).toContain('(none)');
  expect(out).toMatch(/all +1 +1,300,000/);
  expect(out).toContain('USD, prices of 2025-06-01 for eastus (list prices)\nThe prices are 500 days old');
});

test('one run, by activity; JSON as it came; what does not fit together is refused', async () => {
  const { out } = await run('run-1');
  expect(asked).toEqual(['/api/runs/run-1/cost']);
  expect(out).toMatch(/\nflights .*\n {2}flights /);
  expect(JSON.parse((await run('--json')).out)).toMatchObject({ groupBy: 'pipeline', prices });
  expect((await run('run-1', '--by', 'day')).code).toBe(2);
});
