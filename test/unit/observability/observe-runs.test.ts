import type { PipelineResult, RecordRunInput, RunPhase } from '../../../src/durable/contracts/activities';
import { toFailure } from '../../../src/errors/to-failure';
import { NO_ROWS } from '../../../src/model/counts';
import { createLogger } from '../../../src/observability/create-logger';
import type { Meters } from '../../../src/observability/metrics/meters';
import { observeRuns } from '../../../src/observability/observe-runs';
import { onlyLogs, type Telemetry } from '../../../src/observability/telemetry';
import { NO_TRACING, type Recorded } from '../../../src/observability/tracing/tracing';
import type { RunStore } from '../../../src/state/stores';
import { startRequest, testStores } from '../state/test-stores';

const AT = '2026-01-01T10:00:00.000Z';
const after = (seconds: number): string => new Date(Date.parse(AT) + seconds * 1000).toISOString();

interface Told {
  readonly telemetry: Telemetry;
  readonly events: string[];
  readonly figures: string[];
  readonly spans: Recorded[];
}

function listen(): Told {
  const events: string[] = [];
  const figures: string[] = [];
  const spans: Recorded[] = [];
  const note: Meters['add'] = (name, value, dimensions) =>
    void figures.push(`${name} ${value} ${Object.values<string>({ ...dimensions }).join(' ')}`.trim());
  const log = createLogger(
    (level, event, fields) => void events.push(`${level} ${event} ${String(fields['pipeline'] ?? fields['runId'])}`),
  );
  const meters = { isOn: true, add: note, record: note as never, set: () => undefined };
  const recorded = async (span: Recorded): Promise<void> => void spans.push(span);
  const telemetry = { ...onlyLogs(log), meters, tracing: { ...NO_TRACING, recorded }, isOn: true };
  return { telemetry, events, figures, spans };
}

const result = (pipeline: string, more: Partial<PipelineResult> = {}): PipelineResult => ({
  pipeline,
  status: 'Succeeded',
  reason: null,
  counts: { ...NO_ROWS, read: 10, loaded: 9, quarantined: 1 },
  balanced: true,
  partitions: 1,
  sliceLabel: null,
  steps: [
    { step: 'plan', startedAt: after(11), endedAt: after(12), rows: 0, bytes: 0, retries: 0 },
    { step: 'extract', startedAt: after(12), endedAt: after(15), rows: 10, bytes: 500, retries: 2 },
  ],
  checks: [
    {
      name: 'c',
      kind: 'notNull',
      columns: [],
      severity: 'warn',
      evaluated: 10,
      failures: 0,
      status: 'passed',
      message: 'x',
    },
  ],
  reasons: [],
  verifications: [],
  load: 1,
  notes: [],
  failure: null,
  ...more,
});

/** A run of `airports` and `flights` whose phases are recorded through the observed store. */
async function begun(
  told: Told,
): Promise<{ runs: RunStore; record: (phase: RunPhase, seconds: number) => Promise<void> }> {
  const stores = await testStores(() => Date.parse(AT));
  await stores.runs.create(startRequest('run-1'));
  const runs = observeRuns(stores.runs, told.telemetry);
  const scope = { runId: 'run-1', plan: { path: 'x', bytes: 1, sha256: 'a' }, correlationId: 'c', runStartedAt: AT };
  return { runs, record: (phase, seconds) => runs.record({ ...scope, ...phase } as RecordRunInput, after(seconds)) };
}

test('each phase is told once, however often it is recorded, and its figures are those of the record', async () => {
  const told = listen();
  const { runs, record } = await begun(told);
  for (const again of [0, 1]) {
    await record({ phase: 'run-started' }, 1 + again);
    await record({ phase: 'pipeline-started', pipeline: 'airports' }, 10 + again);
    await record({ phase: 'pipeline-ended', pipeline: 'airports', result: result('airports') }, 20 + again);
    await record({ phase: 'pipeline-started', pipeline: 'flights' }, 50 + again);
    await record(
      {
        phase: 'pipeline-ended',
        pipeline: 'flights',
        result: result('flights', { counts: NO_ROWS, steps: [], checks: [] }),
      },
      60 + again,
    );
    await record({ phase: 'run-ended', status: 'Succeeded', failure: null }, 70 + again);
  }
  expect(told.events).toEqual([
    'info run-started run-1',
    'info pipeline-started airports',
    'info pipeline-ended airports',
    'info pipeline-started flights',
    'info pipeline-ended flights',
    'info run-ended run-1',
  ]);
  expect(told.figures.toSorted()).toEqual(
    [
      'sluice.lease.wait 10 airports',
      'sluice.lease.wait 30 flights',
      'sluice.pipeline.runs 1 airports Succeeded',
      'sluice.pipeline.runs 1 flights Succeeded',
      'sluice.pipeline.duration 10 airports Succeeded',
      'sluice.pipeline.duration 10 flights Succeeded',
      'sluice.rows 10 airports read',
      'sluice.rows 9 airports loaded',
      'sluice.rows 1 airports quarantined',
      ...['airports', 'flights'].flatMap((pipeline) =>
        ['generated', 'filtered', 'deduplicated', 'collapsed'].map((outcome) => `sluice.rows 0 ${pipeline} ${outcome}`),
      ),
      ...['read', 'loaded', 'quarantined'].map((outcome) => `sluice.rows 0 flights ${outcome}`),
      'sluice.bytes 0 airports plan',
      'sluice.bytes 500 airports extract',
      'sluice.retries 0 airports plan',
      'sluice.retries 2 airports extract',
      'sluice.step.duration 1 airports plan',
      'sluice.step.duration 3 airports extract',
      'sluice.checks 1 airports notNull passed',
      'sluice.runs 1 Succeeded manual',
      'sluice.run.duration 70 Succeeded manual',
    ].toSorted(),
  );
  expect(told.spans.map(({ path, startedAt, endedAt }) => [path.join('/'), startedAt, endedAt])).toEqual([
    ['run-1/airports', after(10), after(20)],
    ['run-1/airports/plan', after(11), after(12)],
    ['run-1/airports/extract', after(12), after(15)],
    ['run-1/flights', after(50), after(60)],
    ['run-1', AT, after(70)],
  ]);
  expect((await runs.get('run-1'))?.status).toBe('Succeeded');
});

test('a step that broke off before anything of it was done is a span all the same: its activities name it', async () => {
  const told = listen();
  const { record } = await begun(told);
  const failure = toFailure(new Error('x'), { step: 'transform-partition' });
  await record({ phase: 'pipeline-started', pipeline: 'airports' }, 10);
  await record(
    { phase: 'pipeline-ended', pipeline: 'airports', result: result('airports', { status: 'Failed', failure }) },
    20,
  );
  expect(told.spans.map(({ path, status, failure: its }) => [path.slice(1).join('/'), status, its?.code])).toEqual([
    ['airports', 'Failed', 'unexpected-error'],
    ['airports/plan', 'Succeeded', undefined],
    ['airports/extract', 'Succeeded', undefined],
    ['airports/transform', 'Failed', 'unexpected-error'],
  ]);
  expect(told.events).toContain('error pipeline-ended airports');
});

test('pipelines that could not end by themselves are spans when their run is closed', async () => {
  const told = listen();
  const { record } = await begun(told);
  await record({ phase: 'run-started' }, 1);
  await record({ phase: 'pipeline-started', pipeline: 'airports' }, 10);
  await record({ phase: 'run-ended', status: 'Failed', failure: toFailure(new Error('lost')) }, 90);
  expect(told.spans.map(({ path, status, endedAt }) => [path.join('/'), status, endedAt])).toEqual([
    ['run-1/airports', 'Failed', after(90)],
    ['run-1', 'Failed', after(90)],
  ]);
});

test('what cannot be told does not stand in the way of what is recorded', async () => {
  const told = listen();
  const broken = { ...told.telemetry, tracing: { ...NO_TRACING, recorded: () => Promise.reject(new Error('x')) } };
  const { runs, record } = await begun({ ...told, telemetry: broken });
  await record({ phase: 'run-ended', status: 'Succeeded', failure: null }, 1);
  expect((await runs.get('run-1'))?.status).toBe('Succeeded');
});

test('where telemetry is off the store is what it was', async () => {
  const stores = await testStores();
  expect(observeRuns(stores.runs, onlyLogs(createLogger()))).toBe(stores.runs);
});

test('waiting for a run window is told once for each reason, and is no waiting for a lease', async () => {
  const told = listen();
  const { record } = await begun(told);
  const waiting = { phase: 'pipeline-waiting', pipeline: 'airports', reason: 'waits for 02:00' } as const;
  await record(waiting, 1);
  await record(waiting, 2);
  await record({ phase: 'pipeline-started', pipeline: 'airports' }, 3600);
  expect(told.events).toEqual(['info pipeline-waiting airports', 'info pipeline-started airports']);
  expect(told.figures).toEqual([]);
});
