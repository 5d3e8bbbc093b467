import type { CheckResult } from '../../../src/model/check-result';
import type { CheckRun, Stores } from '../../../src/state/stores';
import { testStores } from './test-stores';

let stores: Stores;
beforeAll(async () => {
  stores = await testStores();
});
const check = (message: string): CheckResult => ({
  name: 'sum(größe)',
  kind: 'sum',
  columns: ['größe'],
  severity: 'fail',
  evaluated: 3,
  failures: 0,
  status: 'passed',
  message,
  figures: { value: '12345678901234567890.12' },
});
const run = (runId: string, pipeline: string, day: number, message = 'ok'): CheckRun => ({
  runId,
  pipeline,
  at: `2026-01-0${day}T10:00:00.000Z`,
  verdict: 'passed',
  message,
  checks: [check(message)],
  metrics: [{ metric: 'rowCount', value: 3, anomalous: false }],
});

describe('the history of checks', () => {
  const runs = [run('run-1', 'a', 1), run('run-2', 'a', 2), run('run-3', 'a', 3), run('run-3', 'ab', 3)];
  beforeAll(async () => {
    for (const each of [...runs, runs[1]!]) await stores.checks.put(each);
  });

  test('is newest first, each run once though it was written twice', async () => {
    const { runs: found, continuation } = await stores.checks.list({ pipeline: 'a', limit: 10 });
    expect(found).toEqual([runs[2], runs[1], runs[0]]);
    expect(continuation).toBeNull();
  });

  test('comes in pages that neither overlap nor leave one out', async () => {
    const first = await stores.checks.list({ pipeline: 'a', limit: 2 });
    expect(first.runs).toEqual([runs[2], runs[1]]);
    const second = await stores.checks.list({ pipeline: 'a', limit: 2, continuation: first.continuation ?? '' });
    expect(second).toEqual({ runs: [runs[0]], continuation: null });
    expect((await stores.checks.list({ pipeline: 'a', limit: 3 })).continuation).toBeNull();
  });

  test('is found from the run', async () => {
    expect(await stores.checks.ofRun('run-3')).toEqual([runs[2], runs[3]]);
    expect(await stores.checks.get('run-3', 'ab')).toEqual(runs[3]);
    expect(await stores.checks.get('run-3', 'none')).toBeNull();
    expect(await stores.checks.ofRun('none')).toEqual([]);
    expect(await stores.checks.list({ pipeline: 'none', limit: 5 })).toEqual({ runs: [], continuation: null });
  });

  test('holds what a validation that is done again says', async () => {
    await stores.checks.put(run('run-9', 'again', 1, 'first'));
    await stores.checks.put(run('run-9', 'again', 1, 'second'));
    expect((await stores.checks.list({ pipeline: 'again', limit: 5 })).runs.map(({ message }) => message)).toEqual([
      'second',
    ]);
  });

  test('holds more checks than one entity', async () => {
    const many = { ...run('run-8', 'many', 1), checks: Array.from({ length: 200 }, () => check('ö'.repeat(3000))) };
    await stores.checks.put(many);
    expect(await stores.checks.get('run-8', 'many')).toEqual(many);
  });
});

describe('the history of metrics', () => {
  const at = (day: number): string => `2026-01-0${day}T10:00:00.000Z`;

  test('is newest first, bounded, exact, and has a run once', async () => {
    for (const day of [2, 1, 3, 2]) {
      const values = [
        { metric: 'mean(größe/#?)', value: day / 3, anomalous: day === 2 },
        { metric: 'rowCount', value: day * 1e12, anomalous: false },
      ];
      await stores.metrics.record({ pipeline: 'p', runId: `run-${day}`, at: at(day) }, values);
    }
    expect(await stores.metrics.last('p', 'mean(größe/#?)', 2)).toEqual([
      { runId: 'run-3', at: at(3), metric: 'mean(größe/#?)', value: 1, anomalous: false },
      { runId: 'run-2', at: at(2), metric: 'mean(größe/#?)', value: 2 / 3, anomalous: true },
    ]);
    expect((await stores.metrics.last('p', 'rowCount', 200)).map(({ value }) => value)).toEqual([3e12, 2e12, 1e12]);
    expect(await stores.metrics.last('p', 'rowCount2', 200)).toEqual([]);
    expect(await stores.metrics.last('q', 'rowCount', 200)).toEqual([]);
  });
});
