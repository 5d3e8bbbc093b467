import type { BreakerPolicy, BreakerState } from '../../../src/durable/contracts/entities';
import type { WindowInput } from '../../../src/durable/contracts/orchestrations';
import { breaker, fail, ok, simulate, steering } from '../../support/durable/scenario';
import type { SimulatedActivity, Simulator } from '../../support/durable/simulator';

const window = (
  partitionCount: number,
  landing: Partial<BreakerPolicy> = {},
  more: Partial<WindowInput> = {},
): WindowInput => ({
  runId: 'run-1',
  plan: { path: 'p', bytes: 1, sha256: 's' },
  correlationId: 'c',
  runStartedAt: '2026-01-01T00:00:00.000Z',
  pipeline: 'flights',
  steering: steering({ sourceConnection: breaker('landing', landing) }),
  pipelinePlan: { path: 'plan', bytes: 1, sha256: 's' },
  references: [],
  exclusions: null,
  step: 'extract',
  window: 0,
  firstPartition: 0,
  partitionCount,
  manifest: null,
  ...more,
});
const extracted = (partition: number) =>
  ok({ partition, artifact: { path: 'a', bytes: 1, sha256: 's', rows: 1, columns: [] }, rejects: null, read: 1 });

/** Extraction that fails for a partition as often as the table says, then succeeds. */
function flaky(table: Record<number, number>, make = () => fail('reset', 'transient', { connection: 'landing' })) {
  const left = { ...table };
  return ((input: { partition: number }) => {
    const { partition } = input;
    if ((left[partition] ?? 0) === 0) return extracted(partition);
    left[partition]! -= 1;
    return make();
  }) as SimulatedActivity;
}
const extractions = (simulator: Simulator) =>
  simulator.calls
    .filter((call) => call.name === 'extract-partition')
    .map((call) => (call.input as { partition: number }).partition);
const breakerState = (simulator: Simulator) =>
  JSON.parse(simulator.entities.get('@circuit-breaker@landing')!) as BreakerState;
const set = (simulator: Simulator, state: BreakerState) =>
  simulator.entities.set('@circuit-breaker@landing', JSON.stringify(state));

test('failed partitions run again in waves with one timer each; results are sealed in order', async () => {
  const simulator = simulate({ 'extract-partition': flaky({ 1: 1, 3: 2 }) });
  const instance = await simulator.run('window', 'w', window(4));
  expect(extractions(simulator)).toEqual([0, 1, 2, 3, 1, 3, 3]);
  expect(instance.output).toMatchObject({ ok: true, value: { retries: 3 } });
  expect(instance.actions.filter((action) => action.actionType === 5)).toHaveLength(2);
  const sealed = simulator.calls.find((call) => call.name === 'seal-step')!.input as {
    results: { partition: number }[];
  };
  expect(sealed.results.map((result) => result.partition)).toEqual([0, 1, 2, 3]);
});

test('the breaker is asked once and told once per wave, with the totals', async () => {
  const simulator = simulate({ 'extract-partition': flaky({ 1: 1 }) });
  const instance = await simulator.run('window', 'w', window(4));
  const traffic = instance.actions.filter((action) => action.instanceId === '@circuit-breaker@landing');
  expect(traffic.map((action) => action.operation)).toEqual(['ask', 'tell', 'ask', 'tell']);
  expect(traffic[1]!.input).toMatchObject({ successes: 3, failures: 1, lastFailure: { code: 'reset' } });
  expect(traffic[3]!.input).toMatchObject({ successes: 1, failures: 0, lastFailure: null });
});

test.each([
  ['a final failure', () => fail('unreadable', 'persistent', { connection: 'landing' })],
  ['a failure of another connection', () => fail('reset', 'transient', { connection: 'elsewhere' })],
  ['a failure of no connection', () => fail('memory-limit', 'infrastructure')],
])('%s does not count towards the breaker', async (_, make) => {
  const simulator = simulate({ 'extract-partition': flaky({ 0: 1 }, make) });
  await simulator.run('window', 'w', window(1));
  expect(breakerState(simulator)).toMatchObject({ state: 'closed' });
  const calls = (breakerState(simulator) as unknown as { calls: { failures: number }[] }).calls;
  expect(calls.every((call) => call.failures === 0)).toBe(true);
});

test('a final failure ends the window after the wave, without another', async () => {
  const simulator = simulate({ 'extract-partition': flaky({ 0: 1, 2: 1 }, () => fail('unreadable', 'persistent')) });
  const instance = await simulator.run('window', 'w', window(3));
  expect(instance.output).toMatchObject({ ok: false, failure: { code: 'unreadable' } });
  expect(extractions(simulator)).toEqual([0, 1, 2]);
});

test('attempts are limited by the policy, and the failure says how many there were', async () => {
  const simulator = simulate({ 'extract-partition': flaky({ 0: 99 }) });
  const instance = await simulator.run('window', 'w', window(2));
  expect(extractions(simulator)).toEqual([0, 1, 0, 0]);
  expect(instance.output).toMatchObject({ ok: false, failure: { message: 'reset happened (after 3 attempts)' } });
});

test('the other side’s wish to wait is honoured', async () => {
  const busy = () => fail('throttled', 'transient', { retryAfterMs: 90_000 });
  const simulator = simulate({ 'extract-partition': flaky({ 0: 1 }, busy) });
  await simulator.run('window', 'w', window(1));
  const [first, second] = simulator.calls.filter((call) => call.name === 'extract-partition');
  expect(second!.at - first!.at).toBeGreaterThanOrEqual(90_000);
});

test('an activity that the host ends is tried again, and the others of its wave are kept', async () => {
  let thrown = 0;
  const simulator = simulate({
    'extract-partition': ((input: { partition: number }) => {
      if (input.partition === 0 && thrown++ === 0) throw new Error('out of memory');
      return extracted(input.partition);
    }) as never,
  });
  const instance = await simulator.run('window', 'w', window(3));
  expect(instance.output).toMatchObject({ ok: true });
  expect(extractions(simulator)).toEqual([0, 1, 2, 0]);
});

describe('an open breaker', () => {
  const openFor = (simulator: Simulator, milliseconds: number): BreakerState => ({
    state: 'open',
    openedAt: simulator.now,
    until: simulator.now + milliseconds,
    reason: '9 of 10 calls failed',
  });

  test('makes the wave wait, then one partition probes, then the rest follow', async () => {
    const simulator = simulate();
    set(simulator, openFor(simulator, 45_000));
    const start = simulator.now;
    const instance = await simulator.run('window', 'w', window(3));
    expect(instance.output).toMatchObject({ ok: true });
    const calls = simulator.calls.filter((call) => call.name === 'extract-partition');
    expect(calls[0]!.at - start).toBeGreaterThanOrEqual(45_000);
    expect(calls[1]!.at).toBeGreaterThan(calls[0]!.at);
    expect(calls[2]!.at).toBe(calls[1]!.at);
    expect(breakerState(simulator)).toMatchObject({ state: 'closed' });
  });

  test('fails at once when the connection says so', async () => {
    const simulator = simulate();
    set(simulator, openFor(simulator, 45_000));
    const instance = await simulator.run('window', 'w', window(3, { whenOpen: 'fail' }));
    expect(instance.output).toMatchObject({ ok: false, failure: { code: 'circuit-open', connection: 'landing' } });
    expect(simulator.calls).toEqual([]);
  });

  test('fails after the longest wait', async () => {
    const simulator = simulate();
    set(simulator, openFor(simulator, 3_600_000));
    const start = simulator.now;
    const instance = await simulator.run('window', 'w', window(3, { maxWaitMs: 120_000 }));
    expect(instance.output).toMatchObject({ ok: false, failure: { code: 'circuit-open' } });
    expect(simulator.now - start).toBeGreaterThanOrEqual(120_000);
    expect(extractions(simulator)).toEqual([]);
  });

  test('gives way to a cancel', async () => {
    const simulator = simulate({ 'check-cancel': () => fail('run-cancelled', 'persistent') });
    set(simulator, openFor(simulator, 45_000));
    const instance = await simulator.run('window', 'w', window(3));
    expect(instance.output).toMatchObject({ ok: false, failure: { code: 'run-cancelled' } });
    expect(extractions(simulator)).toEqual([]);
  });
});

test('waves that fail open the breaker', async () => {
  const simulator = simulate({ 'extract-partition': flaky({ 0: 1, 1: 1, 2: 1, 3: 1 }) });
  const start = simulator.now;
  const instance = await simulator.run('window', 'w', window(4, { minimumCalls: 4, openForMs: 300_000 }));
  expect(instance.output).toMatchObject({ ok: true });
  const times = simulator.calls.filter((call) => call.name === 'extract-partition').map((call) => call.at - start);
  expect(times[4]).toBeGreaterThanOrEqual(300_000);
});

test('transforming asks no breaker', async () => {
  const simulator = simulate();
  const instance = await simulator.run('window', 'w', window(2, {}, { step: 'transform' }));
  expect(instance.output).toMatchObject({ ok: true });
  expect(simulator.entities.has('@circuit-breaker@landing')).toBe(false);
});

test('a connection with a limit runs no more partitions at once than it has slots, and gives them back', async () => {
  const simulator = simulate({
    'extract-partition': (input: unknown) => extracted((input as { partition: number }).partition),
  });
  const instance = await simulator.run('window', 'w', window(5, { maxPartitions: 2 }));
  expect(instance.output).toMatchObject({ ok: true });
  expect(extractions(simulator)).toEqual([0, 1, 2, 3, 4]);
  const traffic = instance.actions.filter((action) => action.instanceId === '@connection-slots@landing');
  expect(traffic.map((action) => action.operation)).toEqual(['take', 'give', 'take', 'give', 'take', 'give']);
  expect(traffic[0]!.input).toMatchObject({ holder: 'w', run: 'run-1', limit: 2, wanted: 5 });
  expect(simulator.entities.has('@connection-slots@landing')).toBe(false);
});

test('a window waits for its turn on a connection that others have', async () => {
  const simulator = simulate({
    'extract-partition': (input: unknown) => extracted((input as { partition: number }).partition),
  });
  const holder = { holder: 'other', run: 'run-2', slots: 2, expiresAt: Date.parse('2026-01-01T00:00:05.000Z') };
  simulator.entities.set('@connection-slots@landing', JSON.stringify({ held: [holder], queue: [] }));
  const instance = await simulator.run('window', 'w', window(1, { maxPartitions: 2 }));
  expect(instance.output).toMatchObject({ ok: true });
  expect(instance.actions.filter((action) => action.actionType === 5).length).toBeGreaterThanOrEqual(2);
});
