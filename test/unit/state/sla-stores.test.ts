import type { RunFact, SlaReport, SlaVerdict } from '../../../src/model/service-level';
import type { Stores } from '../../../src/state/stores';
import { startRequest, testStores } from './test-stores';

let stores: Stores;
beforeAll(async () => {
  stores = await testStores();
});

const verdict = (day: number, more: Partial<SlaVerdict> = {}): SlaVerdict => ({
  pipeline: 'orders',
  objective: 'doneBy',
  dueAt: `2026-01-0${day}T06:00:00.000Z`,
  status: 'met',
  runId: `run-${day}`,
  doneAt: `2026-01-0${day}T05:00:00.000Z`,
  ...more,
});

test('the first verdict on a due time stands; that a miss was done late is added once', async () => {
  const missed = verdict(1, { status: 'missed', runId: null, doneAt: null });
  await stores.slas.record(missed);
  await stores.slas.record(missed);
  await stores.slas.record(verdict(2));
  await stores.slas.record(verdict(2, { status: 'missed' }));
  const late = { runId: 'run-9', doneAt: '2026-01-01T09:00:00.000Z' };
  await stores.slas.record(verdict(1, { status: 'missed', ...late }));
  await stores.slas.record(verdict(1, { status: 'missed', runId: 'run-10', doneAt: '2026-01-01T10:00:00.000Z' }));
  const history = await stores.slas.list({ pipeline: 'orders', limit: 10 });
  expect(history).toEqual([verdict(2), verdict(1, { status: 'missed', ...late })]);
});

test('history is cut by time, and runs of one moment stand apart', async () => {
  const each = (day: number, runId: string) => verdict(day, { pipeline: 'long', objective: 'maxDuration', runId });
  for (const one of [each(1, 'a'), each(1, 'b'), each(2, 'a'), each(3, 'a')]) await stores.slas.record(one);
  const of = async (range: { from?: string; to?: string; limit?: number }) =>
    (await stores.slas.list({ pipeline: 'long', limit: 10, ...range })).map(({ dueAt }) => dueAt.slice(8, 10));
  expect(await of({})).toEqual(['03', '02', '01', '01']);
  expect(await of({ from: '2026-01-02T00:00:00.000Z' })).toEqual(['03', '02']);
  expect(await of({ to: '2026-01-02T06:00:00.000Z' })).toEqual(['02', '01', '01']);
  expect(await of({ from: '2026-01-02T06:00:00.000Z', to: '2026-01-02T06:00:00.000Z' })).toEqual(['02']);
  expect(await of({ limit: 1 })).toEqual(['03']);
});

test('how a pipeline stands is kept with how far it was evaluated, and is no verdict', async () => {
  const report: SlaReport = { pipeline: 'new', at: '2026-01-01T00:00:00.000Z', objectives: [] };
  expect(await stores.slas.cursor('new')).toBeNull();
  expect(await stores.slas.report('new')).toBeNull();
  await stores.slas.evaluated(report, report.at);
  expect(await stores.slas.cursor('new')).toEqual({ begunAt: report.at, evaluatedAt: report.at });
  expect(await stores.slas.report('new')).toEqual(report);
  expect(await stores.slas.list({ pipeline: 'new', limit: 10 })).toEqual([]);
});

test('facts of a run are one, the newest first', async () => {
  const fact = (runId: string, endedAt: string): RunFact => ({
    pipeline: 'orders',
    runId,
    status: 'Succeeded',
    startedAt: '2026-01-01T00:00:00.000Z',
    endedAt,
    current: true,
    load: 3,
    steps: [{ step: 'extract', ms: 12 }],
  });
  const [one, two] = [fact('run-1', '2026-01-01T01:00:00.000Z'), fact('run-2', '2026-01-01T02:00:00.000Z')];
  for (const each of [one, two, one]) await stores.facts.put(each);
  expect(await stores.facts.list('orders', 10)).toEqual([two, one]);
  expect(await stores.facts.list('orders', 1)).toEqual([two]);
});

test('the end of a run waits to be seen, each time that it is recorded', async () => {
  await stores.runs.create(startRequest('run-7'));
  expect(await stores.runs.unseen(10)).toEqual([]);
  const scope = { runId: 'run-7', plan: { path: 'p', bytes: 1, sha256: 'a' }, correlationId: 'c' };
  const ended = { ...scope, runStartedAt: '2026-01-01T10:00:00.000Z', phase: 'run-ended' as const };
  await stores.runs.record({ ...ended, status: 'Succeeded', failure: null }, '2026-01-01T11:00:00.000Z');
  expect(await stores.runs.unseen(10)).toEqual([{ runId: 'run-7', since: '2026-01-01T11:00:00.000Z' }]);
  await stores.runs.seen('run-7');
  await stores.runs.seen('run-7');
  expect(await stores.runs.unseen(10)).toEqual([]);
});
