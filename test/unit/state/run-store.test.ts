import type { PipelineResult, RecordRunInput, RunPhase } from '../../../src/durable/contracts/activities';
import { NO_ROWS } from '../../../src/model/counts';
import type { Failure } from '../../../src/model/failure';
import type { Stores } from '../../../src/state/stores';
import { startRequest, testStores } from './test-stores';

let stores: Stores;
const now = Date.parse('2026-01-01T12:00:00.000Z');
let last = 0;
beforeAll(async () => {
  stores = await testStores(() => now);
});
const newId = (): string => `run-${(last += 1)}`;
const AT = '2026-01-01T10:05:00.000Z';
const phase = (runId: string, what: RunPhase): RecordRunInput => ({
  runId,
  plan: { path: 'plans/x.json', bytes: 2, sha256: 'abc' },
  correlationId: 'c',
  runStartedAt: '2026-01-01T10:00:01.000Z',
  ...what,
});
const failure: Failure = {
  class: 'business',
  code: 'checks-failed',
  message: 'm',
  causes: [],
  dataState: 'nothing-loaded',
  nextAction: 'n',
  runbook: 'r',
};
const result = (pipeline: string, more: Partial<PipelineResult> = {}): PipelineResult => ({
  pipeline,
  status: 'Succeeded',
  reason: null,
  counts: { ...NO_ROWS, read: 10, loaded: 7, quarantined: 3 },
  balanced: true,
  partitions: 2,
  sliceLabel: '1 file',
  steps: [{ step: 'extract', startedAt: AT, endedAt: AT, rows: 10, bytes: 100, retries: 1 }],
  checks: [],
  reasons: [{ reason: 'notNull(a)', rows: 3 }],
  verifications: [],
  load: 4,
  notes: ['n'],
  failure: null,
  ...more,
});
const progress = (runId: string, partition: number, rows: number) =>
  stores.runs.progress({
    runId,
    pipeline: 'airports',
    step: 'extract',
    partition,
    totalPartitions: 3,
    rows,
    bytes: rows * 10,
    at: AT,
  });

test('a start is written once: the second one is told so and changes nothing', async () => {
  const runId = newId();
  expect(await stores.runs.create(startRequest(runId))).toBe(true);
  expect(await stores.runs.create(startRequest(runId, { correlationId: 'another' }))).toBe(false);
  expect(await stores.runs.get(runId)).toMatchObject({
    runId,
    status: 'Queued',
    correlationId: `c-${runId}`,
    planHash: 'abc',
    parameters: { day: '2001-01-01' },
    startedAt: null,
    pipelines: [
      { pipeline: 'airports', status: 'Queued' },
      { pipeline: 'flights', status: 'Queued' },
    ],
  });
});

test('of many starts of one key at once exactly one is the first', async () => {
  const runId = newId();
  const first = await Promise.all(Array.from({ length: 8 }, () => stores.runs.create(startRequest(runId))));
  expect(first.filter(Boolean)).toHaveLength(1);
});

test('progress counts each partition once, however often it is reported', async () => {
  const runId = newId();
  await stores.runs.create(startRequest(runId));
  await stores.runs.record(phase(runId, { phase: 'run-started' }), AT);
  await stores.runs.record(phase(runId, { phase: 'pipeline-started', pipeline: 'airports' }), AT);
  await progress(runId, 0, 5);
  await progress(runId, 1, 6);
  await progress(runId, 1, 6);
  const run = await stores.runs.get(runId);
  expect(run).toMatchObject({ status: 'InProgress', startedAt: '2026-01-01T10:00:01.000Z', counts: { read: 11 } });
  expect(run?.pipelines[0]).toMatchObject({
    status: 'InProgress',
    steps: [{ step: 'extract', status: 'InProgress', partitions: { total: 3, done: 2 }, rows: 11, bytes: 110 }],
  });
  expect(run?.pipelines[1]).toMatchObject({ pipeline: 'flights', status: 'Queued', steps: [] });
});

test('an ended run shows the results, and late messages do not wake it', async () => {
  const runId = newId();
  await stores.runs.create(startRequest(runId, { pipelines: ['airports'] }));
  await stores.runs.record(phase(runId, { phase: 'run-started' }), AT);
  await stores.runs.record(phase(runId, { phase: 'pipeline-started', pipeline: 'airports' }), AT);
  await stores.runs.record(
    phase(runId, { phase: 'pipeline-ended', pipeline: 'airports', result: result('airports') }),
    '2026-01-01T10:06:00.000Z',
  );
  await stores.runs.record(
    phase(runId, { phase: 'run-ended', status: 'Succeeded', failure: null }),
    '2026-01-01T10:07:00.000Z',
  );
  for (const late of [{ phase: 'run-started' }, { phase: 'pipeline-started', pipeline: 'airports' }] as const) {
    await stores.runs.record(phase(runId, late), '2026-01-01T11:00:00.000Z');
  }
  await stores.runs.record(
    phase(runId, { phase: 'run-ended', status: 'Succeeded', failure: null }),
    '2026-01-01T11:00:00.000Z',
  );
  expect(await stores.runs.get(runId)).toMatchObject({
    status: 'Succeeded',
    endedAt: '2026-01-01T10:07:00.000Z',
    counts: { read: 10, loaded: 7, quarantined: 3 },
    pipelines: [
      {
        status: 'Succeeded',
        startedAt: AT,
        endedAt: '2026-01-01T10:06:00.000Z',
        balanced: true,
        load: 4,
        quarantineReasons: [{ reason: 'notNull(a)', rows: 3 }],
        steps: [{ step: 'extract', status: 'Succeeded', partitions: { total: 2, done: 2 }, retries: 1 }],
      },
    ],
  });
  expect(await stores.runs.active()).not.toContain(runId);
});

test('a failed pipeline shows how far the step came that broke off', async () => {
  const runId = newId();
  await stores.runs.create(startRequest(runId, { pipelines: ['airports'] }));
  await progress(runId, 0, 5);
  const failed = result('airports', { status: 'Failed', steps: [], failure: { ...failure, step: 'extract' } });
  await stores.runs.record(phase(runId, { phase: 'pipeline-ended', pipeline: 'airports', result: failed }), AT);
  await stores.runs.record(phase(runId, { phase: 'run-ended', status: 'Failed', failure }), AT);
  const run = await stores.runs.get(runId);
  expect(run?.failure).toEqual(failure);
  expect(run?.pipelines[0]?.steps).toMatchObject([
    { step: 'extract', status: 'Failed', partitions: { total: 3, done: 1 } },
  ]);
});

test('a terminated run closes what its pipelines could not', async () => {
  const runId = newId();
  await stores.runs.create(startRequest(runId));
  await stores.runs.record(phase(runId, { phase: 'pipeline-started', pipeline: 'airports' }), AT);
  await stores.runs.record(phase(runId, { phase: 'run-ended', status: 'Cancelled', failure: null }), AT);
  expect((await stores.runs.get(runId))?.pipelines.map(({ status }) => status)).toEqual(['Cancelled', 'Cancelled']);
});

test('a result larger than an entity is read back whole', async () => {
  const runId = newId();
  await stores.runs.create(startRequest(runId, { pipelines: ['airports'] }));
  const notes = Array.from({ length: 20 }, (_, index) => `${index}:${'ä€😀'.repeat(10_000)}`);
  const ended = { phase: 'pipeline-ended', pipeline: 'airports', result: result('airports', { notes }) } as const;
  await stores.runs.record(phase(runId, ended), AT);
  expect((await stores.runs.get(runId))?.pipelines[0]?.notes).toEqual(notes);
});

test('the cancel intent is given once, and not to a run that has ended or never was', async () => {
  const runId = newId();
  await stores.runs.create(startRequest(runId));
  expect(await stores.runs.isCancelRequested(runId)).toBe(false);
  expect(await stores.runs.requestCancel(runId, 'ann', 'wrong file', AT)).toBe(true);
  expect(await stores.runs.requestCancel(runId, 'bob', 'me too', '2026-01-01T11:00:00.000Z')).toBe(true);
  expect(await stores.runs.isCancelRequested(runId)).toBe(true);
  expect((await stores.runs.get(runId))?.cancel).toEqual({ requestedAt: AT, by: 'ann', reason: 'wrong file' });
  await stores.runs.record(phase(runId, { phase: 'run-ended', status: 'Cancelled', failure: null }), AT);
  expect(await stores.runs.requestCancel(runId, 'ann', 'x', AT)).toBe(false);
  expect(await stores.runs.requestCancel('run-never', 'ann', 'x', AT)).toBe(false);
});

test('starts that stayed queued are found, younger and started ones are not', async () => {
  const [old, young, started] = [newId(), newId(), newId()];
  await stores.runs.create(startRequest(old));
  await stores.runs.create(startRequest(young, { requestedAt: new Date(now - 1000).toISOString() }));
  await stores.runs.create(startRequest(started));
  await stores.runs.record(phase(started, { phase: 'run-started' }), AT);
  const found = (await stores.runs.unstarted(60_000)).map(({ runId }) => runId);
  expect(found).toContain(old);
  expect(found).not.toContain(young);
  expect(found).not.toContain(started);
  expect((await stores.runs.unstarted(60_000)).find(({ runId }) => runId === old)).toEqual(startRequest(old));
});

test('a run that was started past the API is recorded all the same', async () => {
  const runId = newId();
  await stores.runs.record(phase(runId, { phase: 'run-started' }), AT);
  expect(await stores.runs.get(runId)).toMatchObject({ status: 'InProgress', trigger: { by: 'unknown' } });
  expect(await stores.runs.get('run-never')).toBeNull();
});

describe('listing', () => {
  let own: Stores;
  beforeAll(async () => {
    own = await testStores(() => now);
    for (let hour = 0; hour < 5; hour += 1) {
      const pipelines = hour % 2 === 0 ? ['airports'] : ['flights'];
      await own.runs.create(startRequest(`run-h${hour}`, { requestedAt: `2026-01-01T0${hour}:00:00.000Z`, pipelines }));
    }
    await own.runs.record(phase('run-h2', { phase: 'run-ended', status: 'Failed', failure }), AT);
  });
  const ids = async (query: Parameters<Stores['runs']['list']>[0]) => {
    const { runs, continuation } = await own.runs.list(query);
    return { ids: runs.map(({ runId }) => runId), continuation };
  };

  test('gives the newest first, page by page, each run once', async () => {
    const first = await ids({ limit: 2 });
    expect(first.ids).toEqual(['run-h4', 'run-h3']);
    const second = await ids({ limit: 2, continuation: first.continuation! });
    expect(second.ids).toEqual(['run-h2', 'run-h1']);
    const third = await ids({ limit: 2, continuation: second.continuation! });
    expect(third).toEqual({ ids: ['run-h0'], continuation: null });
  });

  test('filters by status and by pipeline', async () => {
    expect((await ids({ limit: 9, status: 'Failed' })).ids).toEqual(['run-h2']);
    expect((await ids({ limit: 9, pipeline: 'flights' })).ids).toEqual(['run-h3', 'run-h1']);
  });
});
