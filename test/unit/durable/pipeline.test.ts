import type { PipelineResult } from '../../../src/durable/contracts/activities';
import type { PipelineInput } from '../../../src/durable/contracts/orchestrations';
import { fail, ok, ROWS, simulate, steering } from '../../support/durable/scenario';
import type { SimulatedActivity, Simulator } from '../../support/durable/simulator';

const input = (runId: string, more: Partial<PipelineInput> = {}): PipelineInput => ({
  runId,
  plan: { path: 'p', bytes: 1, sha256: 's' },
  correlationId: 'c',
  runStartedAt: '2026-01-01T00:00:00.000Z',
  pipeline: 'flights',
  steering: steering(),
  ...more,
});

async function runPipeline(overrides: Record<string, SimulatedActivity>, more: Partial<PipelineInput> = {}, size = 2) {
  const simulator = simulate(overrides, size);
  const instance = await simulator.run('pipeline', 'run-1.flights', input('run-1', more));
  const { value } = instance.output as { value: PipelineResult };
  return { simulator, result: value, names: simulator.calls.map((call) => call.name) };
}
const lease = (simulator: Simulator) => simulator.entities.get('@pipeline-lease@flights');

describe('before the commit', () => {
  test.each(['plan-pipeline', 'extract-partition', 'transform-partition', 'validate-pipeline'])(
    'a failure in %s leaves nothing to undo',
    async (activity) => {
      const { simulator, result, names } = await runPipeline({ [activity]: () => fail('bad-thing', 'persistent') });
      expect(result).toMatchObject({ status: 'Failed', failure: { code: 'bad-thing', dataState: 'nothing-loaded' } });
      expect(names).not.toContain('discard-staging');
      expect(names).not.toContain('publish');
      expect(lease(simulator)).toBeUndefined();
    },
  );

  test.each(['stage-partition', 'publish'])('a failure in %s is compensated', async (activity) => {
    const { simulator, result, names } = await runPipeline({ [activity]: () => fail('bad-thing', 'business') });
    expect(result).toMatchObject({
      status: 'Failed',
      load: null,
      counts: { loaded: 0 },
      failure: { code: 'bad-thing', dataState: 'nothing-loaded' },
    });
    expect(names.slice(-2)).toEqual(['discard-staging', 'record-run']);
    expect(names).not.toContain('advance-watermark');
    expect(lease(simulator)).toBeUndefined();
  });

  test('clean-up that does not succeed is said in the data state', async () => {
    const { result } = await runPipeline({
      'stage-partition': () => fail('bad-thing', 'persistent'),
      'discard-staging': () => fail('connection-refused', 'persistent'),
    });
    expect(result.failure).toMatchObject({ code: 'bad-thing', dataState: 'staged-not-published' });
  });

  test('a publish whose answer was lost leaves the data state unknown', async () => {
    const { result } = await runPipeline({
      publish: () => fail('connection-lost', 'transient', { dataState: 'unknown' }),
    });
    expect(result.failure).toMatchObject({ code: 'connection-lost', dataState: 'unknown' });
    expect(result.reason).toBe('connection-lost happened (after 3 attempts)');
  });

  test('a failed verdict is a business failure with its checks', async () => {
    const check = { name: 'unique(id)', kind: 'unique', columns: ['id'], severity: 'fail', evaluated: 9, failures: 1 };
    const counts = { read: 200, generated: 0, filtered: 0, deduplicated: 0, collapsed: 0, quarantined: 2, loaded: 198 };
    const { result, names } = await runPipeline({
      'validate-pipeline': () =>
        ok({
          verdict: 'failed',
          message: 'unique(id): 1 of 9',
          checks: [check],
          reasons: [],
          exclusions: null,
          counts,
        }),
    });
    expect(result).toMatchObject({
      status: 'Failed',
      checks: [check],
      balanced: true,
      counts: { read: 200, loaded: 0 },
      failure: { class: 'business', code: 'checks-failed', message: 'unique(id): 1 of 9', step: 'validate' },
    });
    expect(names).not.toContain('stage-partition');
  });

  test.each([
    ['rows are not accounted for', { read: 200, loaded: 197, quarantined: 2 }, /1 of them/],
    ['the transform was given fewer rows than were extracted', { read: 199, loaded: 197, quarantined: 2 }, /read 200/],
  ])('when %s nothing is published', async (_, figures, message) => {
    const counts = { generated: 0, filtered: 0, deduplicated: 0, collapsed: 0, ...figures };
    const { result, names } = await runPipeline({
      'validate-pipeline': () =>
        ok({ verdict: 'passed', message: '', checks: [], reasons: [], exclusions: null, counts }),
    });
    expect(result).toMatchObject({ status: 'Failed', balanced: false, failure: { code: 'ledger-imbalance' } });
    expect(result.failure?.message).toMatch(message);
    expect(names).not.toContain('publish');
  });
});

describe('after the commit', () => {
  test('the watermark is tried with patience and nothing is compensated', async () => {
    const { result, names } = await runPipeline({ 'advance-watermark': () => fail('storage-busy', 'transient') });
    expect(names.filter((name) => name === 'advance-watermark').length).toBeGreaterThan(8);
    expect(names).not.toContain('discard-staging');
    expect(result).toMatchObject({
      status: 'Failed',
      load: 7,
      counts: { loaded: 198 },
      failure: { code: 'storage-busy', dataState: 'published' },
    });
  });

  test('a load of another size than planned fails the pipeline and stays published', async () => {
    const { result, names } = await runPipeline({
      publish: () => ok({ load: 7, rows: 197, verifications: [], alreadyPublished: false }),
    });
    expect(result).toMatchObject({
      status: 'Failed',
      balanced: false,
      load: 7,
      failure: { code: 'ledger-imbalance', dataState: 'published' },
    });
    expect(names).not.toContain('discard-staging');
  });
});

test('lost staging is staged again from the artifacts, then published', async () => {
  let publishes = 0;
  const { result, names } = await runPipeline({
    publish: () =>
      ++publishes === 1
        ? fail('staging-lost', 'infrastructure')
        : ok({ load: 7, rows: 198, verifications: [], alreadyPublished: false }),
  });
  expect(result.status).toBe('Succeeded');
  expect(names.filter((name) => name === 'stage-partition')).toHaveLength(4);
  expect(result.steps.map((step) => step.step).slice(-5)).toEqual([
    'stage',
    'publish',
    'stage',
    'publish',
    'advance-watermark',
  ]);
});

test('references are taken only when the plan has some, and go to the transform alone', async () => {
  const reference = {
    pipeline: 'airports',
    load: 3,
    artifact: { path: 'r', bytes: 1, sha256: 's', rows: 1, columns: [] },
  };
  const { simulator } = await runPipeline({
    'plan-pipeline': () =>
      ok({
        outcome: 'planned',
        pipelinePlan: { path: 'plan', bytes: 1, sha256: 's' },
        partitions: 2,
        references: 1,
        notes: [],
        sliceLabel: '1 file',
      }),
    'snapshot-references': () => ok([reference]),
  });
  const given = (name: string) => simulator.calls.filter((call) => call.name === name).map((call) => call.input);
  expect(given('transform-partition')).toEqual([
    expect.objectContaining({ references: [reference], manifest: expect.objectContaining({ path: 'extract-0' }) }),
    expect.objectContaining({ references: [reference], manifest: expect.objectContaining({ path: 'extract-0' }) }),
  ]);
  expect(given('stage-partition')[0]).not.toHaveProperty('references');
  expect((await runPipeline({})).names).not.toContain('snapshot-references');
});

test('cancelling while staged ends as cancelled, cleaned up', async () => {
  const { simulator, result, names } = await runPipeline({ publish: () => fail('run-cancelled', 'persistent') });
  expect(result).toMatchObject({
    status: 'Cancelled',
    failure: { code: 'run-cancelled', dataState: 'nothing-loaded' },
  });
  expect(names.slice(-2)).toEqual(['discard-staging', 'record-run']);
  expect(lease(simulator)).toBeUndefined();
});

describe('two runs of one pipeline', () => {
  async function overlap(onOverlap: 'queue' | 'skip' | 'fail', overrides: Record<string, SimulatedActivity> = {}) {
    const simulator = simulate(overrides);
    const first = simulator.start('pipeline', 'run-1.flights', input('run-1'));
    await simulator.drain(simulator.now + 5);
    const second = simulator.start('pipeline', 'run-2.flights', input('run-2', { steering: steering({ onOverlap }) }));
    await simulator.drain();
    const of = (output: unknown) => (output as { value: PipelineResult }).value;
    return { simulator, first: of(first.output), second: of(second.output) };
  }

  test('skip: the second is skipped and says why', async () => {
    const { first, second } = await overlap('skip');
    expect(first.status).toBe('Succeeded');
    expect(second).toMatchObject({
      status: 'Skipped',
      reason: 'run-1 is loading this pipeline already',
      failure: null,
    });
  });
  test('fail: the second fails at once', async () => {
    const { first, second } = await overlap('fail');
    expect(first.status).toBe('Succeeded');
    expect(second).toMatchObject({ status: 'Failed', failure: { code: 'pipeline-busy' } });
  });
  test('queue: the second runs when the first has ended', async () => {
    const { simulator, first, second } = await overlap('queue');
    expect([first.status, second.status]).toEqual(['Succeeded', 'Succeeded']);
    const order = simulator.calls.flatMap(({ name, input: given }) =>
      name === 'plan-pipeline' || name === 'advance-watermark' ? [`${(given as PipelineInput).runId} ${name}`] : [],
    );
    expect(order).toEqual([
      'run-1 plan-pipeline',
      'run-1 advance-watermark',
      'run-2 plan-pipeline',
      'run-2 advance-watermark',
    ]);
    expect(lease(simulator)).toBeUndefined();
  });
  test('queue: cancelling the one that waits gives up its place', async () => {
    const { simulator, second } = await overlap('queue', {
      'check-cancel': ((given: PipelineInput) =>
        given.runId === 'run-2' ? fail('run-cancelled', 'persistent') : ok(null)) as never,
      // Makes the first run hold the lease for minutes.
      'validate-pipeline': (() => {
        let calls = 0;
        return () => (++calls < 3 ? fail('memory-limit', 'infrastructure', { retryAfterMs: 60_000 }) : validated());
      })(),
    });
    expect(second).toMatchObject({ status: 'Cancelled' });
    expect(lease(simulator)).toBeUndefined();
  });
});

test('a run that lost its lease does not touch the target', async () => {
  const simulator = simulate({
    'validate-pipeline': () => {
      const stolen = { holder: 'run-9', expiresAt: Number.MAX_SAFE_INTEGER, queue: [] };
      simulator.entities.set('@pipeline-lease@flights', JSON.stringify(stolen));
      return validated();
    },
  });
  const instance = await simulator.run('pipeline', 'run-1.flights', input('run-1'));
  expect(instance.output).toMatchObject({ value: { status: 'Failed', failure: { code: 'lease-lost' } } });
  expect(simulator.calls.map((call) => call.name)).not.toContain('stage-partition');
  expect(JSON.parse(lease(simulator)!)).toMatchObject({ holder: 'run-9' });
});

test('more partitions than a window holds go in windows of 64, each sealed by itself', async () => {
  const { simulator, result } = await runPipeline({}, {}, 150);
  expect(result).toMatchObject({ status: 'Succeeded', partitions: 150, counts: { read: 150 * ROWS } });
  const windows = [...simulator.instances.values()].filter((instance) => instance.id.includes('.extract-'));
  expect(windows.map(({ input: given }) => given)).toMatchObject([
    { window: 0, firstPartition: 0, partitionCount: 64 },
    { window: 1, firstPartition: 64, partitionCount: 64 },
    { window: 2, firstPartition: 128, partitionCount: 22 },
  ]);
  const transformed = simulator.calls.filter((call) => call.name === 'transform-partition');
  expect(transformed).toHaveLength(150);
  const seventieth = transformed.find((call) => (call.input as { partition: number }).partition === 70);
  expect(seventieth?.input).toMatchObject({ manifest: { path: 'extract-1' } });
});

function validated() {
  const counts = { read: 200, generated: 0, filtered: 0, deduplicated: 0, collapsed: 0, quarantined: 2, loaded: 198 };
  return ok({ verdict: 'passed', message: '', checks: [], reasons: [], exclusions: null, counts });
}
