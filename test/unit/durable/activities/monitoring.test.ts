import type { PipelineConfig } from '../../../../src/config/schema/pipeline';
import type { ActivityServices } from '../../../../src/durable/activities/activity-services';
import { evaluateSlas } from '../../../../src/durable/activities/monitoring/evaluate-slas';
import type { WatchingClient } from '../../../../src/durable/activities/monitoring/watching-client';
import { scanRuns } from '../../../../src/durable/activities/monitoring/scan-runs';
import type { PipelineResult } from '../../../../src/durable/contracts/activities';
import type { Logger } from '../../../../src/observability/logger';
import { NO_ROWS } from '../../../../src/model/counts';
import type { Stores } from '../../../../src/state/stores';
import { startRequest, testStores } from '../../state/test-stores';

let stores: Stores;
const logged: string[] = [];
const note = (event: string): void => void logged.push(event);
const log: Logger = { debug: note, info: note, warn: note, error: note, with: () => log };
beforeAll(async () => {
  stores = await testStores();
});

const woken: string[] = [];
const client = { raiseEvent: async (id: string) => void woken.push(id) } as unknown as WatchingClient;
const at = (time: string): string => `2026-01-05T${time}:00.000Z`;
const services = (sla: PipelineConfig['sla']): ActivityServices =>
  ({
    stores,
    log,
    alerting: { config: () => null },
    watched: () => ({
      pipelines: { airports: { pipeline: 'airports', sla }, flights: { pipeline: 'flights' } },
      connections: {},
    }),
  }) as unknown as ActivityServices;
const result = (pipeline: string): PipelineResult => ({
  pipeline,
  status: 'Succeeded',
  reason: null,
  counts: NO_ROWS,
  balanced: true,
  partitions: 1,
  sliceLabel: null,
  steps: [{ step: 'extract', startedAt: at('05:00'), endedAt: at('05:10'), rows: 1, bytes: 1, retries: 0 }],
  checks: [],
  reasons: [],
  verifications: [],
  load: 4,
  notes: [],
  failure: null,
});

test('an ended run becomes a fact of each of its pipelines, once, though the scan is repeated', async () => {
  const scope = {
    runId: 'run-1',
    plan: { path: 'p', bytes: 1, sha256: 'a' },
    correlationId: 'c',
    runStartedAt: at('05:00'),
  };
  await stores.runs.create(startRequest('run-1', { requestedAt: at('05:00') }));
  await stores.runs.record({ ...scope, phase: 'pipeline-started', pipeline: 'airports' }, at('05:00'));
  await stores.runs.record(
    { ...scope, phase: 'pipeline-ended', pipeline: 'airports', result: result('airports') },
    at('05:20'),
  );
  expect(await scanRuns(services(undefined), client, { now: at('05:21') })).toEqual({ task: 'scan-runs', count: 0 });
  await stores.runs.record({ ...scope, phase: 'run-ended', status: 'Succeeded', failure: null }, at('05:21'));
  expect(await scanRuns(services(undefined), client, { now: at('05:22') })).toEqual({ task: 'scan-runs', count: 1 });
  expect(await scanRuns(services(undefined), client, { now: at('05:23') })).toEqual({ task: 'scan-runs', count: 0 });
  const fact = {
    pipeline: 'airports',
    runId: 'run-1',
    status: 'Succeeded',
    startedAt: at('05:00'),
    endedAt: at('05:20'),
    current: true,
    load: 4,
    steps: [{ step: 'extract', ms: 600_000 }],
  };
  expect(await stores.facts.list('airports', 10)).toEqual([fact]);
  // Flights had not begun.
  expect(await stores.facts.list('flights', 10)).toEqual([]);
});

test('an entry of a run that never ended goes after a day', async () => {
  const table = stores.runs;
  const scope = {
    runId: 'run-2',
    plan: { path: 'p', bytes: 1, sha256: 'a' },
    correlationId: 'c',
    runStartedAt: at('05:00'),
  };
  await table.create(startRequest('run-2'));
  await table.record({ ...scope, phase: 'run-ended', status: 'Failed', failure: null }, at('06:00'));
  await table.record({ ...scope, phase: 'run-ended', status: 'InProgress', failure: null }, at('06:00'));
  await scanRuns(services(undefined), client, { now: at('07:00') });
  expect(await table.unseen(10)).toHaveLength(1);
  await scanRuns(services(undefined), client, { now: '2026-01-06T07:00:00.000Z' });
  expect(await table.unseen(10)).toEqual([]);
});

test('service levels are judged by the facts, and told once when they turn', async () => {
  const sla = { doneBy: { at: '06:00', timeZone: 'UTC' } };
  await evaluateSlas(services(sla), client, { now: '2026-01-04T12:00:00.000Z' });
  await evaluateSlas(services(sla), client, { now: at('06:05') });
  expect(await stores.slas.list({ pipeline: 'airports', limit: 10 })).toMatchObject([
    { objective: 'doneBy', dueAt: at('06:00'), status: 'met', runId: 'run-1' },
  ]);
  logged.length = 0;
  for (const now of ['2026-01-06T06:05:00.000Z', '2026-01-06T06:06:00.000Z'])
    await evaluateSlas(services(sla), client, { now });
  expect(await stores.slas.list({ pipeline: 'airports', limit: 1 })).toMatchObject([
    { status: 'missed', doneAt: null },
  ]);
  expect(logged).toEqual(['sla-missed', 'alert-raised']);
  expect((await stores.slas.report('airports'))?.objectives).toMatchObject([{ state: 'missed' }]);
});
