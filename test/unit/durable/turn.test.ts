import { AGEING_MS, type Priority } from '../../../src/model/priority';
import type { SlotsState } from '../../../src/durable/contracts/entities';
import type { WindowInput } from '../../../src/durable/contracts/orchestrations';
import { takeTurn } from '../../../src/durable/orchestrators/turn';
import { breaker, fail, ok, simulate, steering } from '../../support/durable/scenario';
import type { SimulatedActivity, Simulator } from '../../support/durable/simulator';

interface Asked {
  readonly priority?: Priority;
  readonly pool?: number | null;
  readonly maxPartitions?: number;
  readonly partitions?: number;
}

const window = (run: string, { priority = 'normal', pool = 2, maxPartitions, partitions = 2 }: Asked): WindowInput => ({
  runId: run,
  plan: { path: 'p', bytes: 1, sha256: 's' },
  correlationId: 'c',
  runStartedAt: '2026-01-01T00:00:00.000Z',
  pipeline: `of-${run}`,
  steering: steering({
    sourceConnection: breaker('landing', maxPartitions === undefined ? {} : { maxPartitions }),
    turn: { priority, poolSlots: pool },
  }),
  pipelinePlan: { path: 'plan', bytes: 1, sha256: 's' },
  references: [],
  exclusions: null,
  step: 'extract',
  window: 0,
  firstPartition: 0,
  partitionCount: partitions,
  manifest: null,
});
const extracted = (partition: number) =>
  ok({ partition, artifact: { path: 'a', bytes: 1, sha256: 's', rows: 1, columns: [] }, rejects: null, read: 1 });

/** Counts how many extractions were under way at once; each takes 10 ms. */
function counted() {
  const begun: { run: string; at: number }[] = [];
  const extract = ((input: { runId: string; partition: number }, { now }: { now: number }) => {
    begun.push({ run: input.runId, at: now });
    return extracted(input.partition);
  }) as SimulatedActivity;
  const most = (): number => Math.max(...begun.map(({ at }) => begun.filter((other) => other.at === at).length));
  return { begun, extract, most };
}
const slotsOf = (simulator: Simulator, entity: string): SlotsState | undefined => {
  const state = simulator.entities.get(entity);
  return state === undefined ? undefined : (JSON.parse(state) as SlotsState);
};

test('no more partitions than the pool has slots are under way, over all runs, and all are given back', async () => {
  const { begun, extract, most } = counted();
  const simulator = simulate({ 'extract-partition': extract });
  for (const run of ['a', 'b', 'c']) simulator.start('window', run, window(run, { partitions: 5 }));
  await simulator.drain();
  expect(begun).toHaveLength(15);
  expect(most()).toBeLessThanOrEqual(2);
  expect(slotsOf(simulator, '@slot-pool@app')).toBeUndefined();
});

test('high goes first, and low after it has waited long enough', async () => {
  const { begun, extract } = counted();
  const simulator = simulate({ 'extract-partition': extract });
  const holds: SlotsState = {
    held: [{ holder: 'x', run: 'x', slots: 1, expiresAt: simulator.now + 60_000 }],
    queue: [],
  };
  simulator.entities.set('@slot-pool@app', JSON.stringify(holds));
  for (const priority of ['low', 'normal', 'high'] as const) {
    simulator.start('window', priority, window(priority, { priority, pool: 1, partitions: 1 }));
  }
  await simulator.drain();
  expect(begun.map(({ run }) => run)).toEqual(['high', 'normal', 'low']);
});

test('the connection and the pool are both had or neither; nobody waits with slots in hand', async () => {
  const { begun, extract, most } = counted();
  const simulator = simulate({ 'extract-partition': extract });
  const held = (expiresAt: number): string =>
    JSON.stringify({ held: [{ holder: 'x', run: 'x', slots: 1, expiresAt }], queue: [] } satisfies SlotsState);
  simulator.entities.set('@slot-pool@app', held(simulator.now + 60_000));
  simulator.start('window', 'w', window('w', { pool: 1, maxPartitions: 1 }));
  await simulator.drain(simulator.now + 30_000);
  // The pool is full, so the connection is free for others, and a place is kept.
  expect(slotsOf(simulator, '@connection-slots@landing')).toMatchObject({ held: [], queue: [{ holder: 'w' }] });
  await simulator.drain();
  expect(begun).toHaveLength(2);
  expect(most()).toBe(1);

  simulator.entities.set('@connection-slots@landing', held(simulator.now + 60_000));
  simulator.start('window', 'v', window('v', { pool: 1, maxPartitions: 1 }));
  await simulator.drain(simulator.now + 30_000);
  // Who waits for its connection keeps nothing of the app.
  expect(slotsOf(simulator, '@slot-pool@app')).toBeUndefined();
  await simulator.drain();
  expect(begun).toHaveLength(4);
});

test('what the pool does not give is given back to the connection', async () => {
  const { extract } = counted();
  const simulator = simulate({ 'extract-partition': extract });
  const instance = await simulator.run('window', 'w', window('w', { pool: 1, maxPartitions: 2 }));
  const operations = instance.actions.filter(({ instanceId }) => instanceId === '@connection-slots@landing');
  expect(operations.map(({ operation }) => operation)).toEqual(['take', 'keep', 'give', 'take', 'give']);
});

test('a run that waits can be cancelled, and leaves its places', async () => {
  const simulator = simulate({ 'check-cancel': () => fail('run-cancelled', 'business') });
  const state: SlotsState = { held: [{ holder: 'x', run: 'x', slots: 1, expiresAt: simulator.now + 9e6 }], queue: [] };
  simulator.entities.set('@slot-pool@app', JSON.stringify(state));
  const instance = await simulator.run('window', 'w', window('w', { pool: 1, maxPartitions: 1 }));
  expect(instance.output).toMatchObject({ ok: false, failure: { code: 'run-cancelled' } });
  expect(slotsOf(simulator, '@slot-pool@app')?.queue).toEqual([]);
  expect(slotsOf(simulator, '@connection-slots@landing')).toBeUndefined();
});

test('slots of whoever died are let go when their time is up', async () => {
  const { begun, extract } = counted();
  const simulator = simulate({ 'extract-partition': extract });
  const state: SlotsState = {
    held: [{ holder: 'x', run: 'x', slots: 2, expiresAt: simulator.now + 7.2e6 }],
    queue: [],
  };
  simulator.entities.set('@slot-pool@app', JSON.stringify(state));
  const began = simulator.now;
  await simulator.run('window', 'w', window('w', { pool: 2 }));
  expect(begun).toHaveLength(2);
  expect(begun[0]!.at - began).toBeLessThan(7.2e6 + 20_000);
});

test('after half a day without a turn the run fails, names the limit and leaves its places', () => {
  const given: string[] = [];
  // A clock that a timer puts forward by an hour: half a day takes twelve of them, whatever they were set to.
  const df = {
    ...{ instanceId: 'w', isReplaying: true, currentUtcDateTime: new Date('2026-01-01T00:00:00Z') },
    callEntity: () => ({ granted: 0, ahead: 3 }),
    callActivity: () => ok(null),
    signalEntity: ({ name }: { name: string }, operation: string) => given.push(`${operation} ${name}`),
    createTimer: () => (df.currentUtcDateTime = new Date(df.currentUtcDateTime.getTime() + 3_600_000)),
  };
  const failureOf = (asked: Asked) => {
    const input = window('w', asked);
    const steps = takeTurn({ df } as never, input, input.steering.sourceConnection, 1);
    let step = steps.next();
    while (step.done !== true) step = steps.next(step.value);
    return step.value;
  };
  expect(failureOf({ pool: 1 })).toMatchObject({ ok: false, failure: { code: 'app-busy', class: 'infrastructure' } });
  expect(given).toEqual(['give slot-pool']);
  expect(failureOf({ pool: 1, maxPartitions: 1 })).toMatchObject({ ok: false, failure: { code: 'connection-busy' } });
});

test('without a limit anywhere nobody is asked; what was started by version 1.0 asks as it did', async () => {
  const simulator = simulate();
  const free = await simulator.run('window', 'w', window('w', { pool: null }));
  expect(free.actions.some(({ instanceId }) => instanceId?.startsWith('@slot-pool') === true)).toBe(false);
  const { turn: _turn, ...older } = window('o', { maxPartitions: 1 }).steering;
  const old = await simulator.run('window', 'o', { ...window('o', {}), steering: older });
  const asks = old.actions.filter(({ instanceId }) => instanceId?.includes('slot') === true);
  expect(asks.map(({ instanceId }) => instanceId)).toEqual(asks.map(() => '@connection-slots@landing'));
  expect(Object.keys(asks[0]!.input as object)).not.toContain('priority');
});

test('ageing is finite, and grows with lower priority', () => {
  expect(AGEING_MS.high).toBeLessThan(AGEING_MS.normal);
  expect(AGEING_MS.normal).toBeLessThan(AGEING_MS.low);
  expect(Number.isFinite(AGEING_MS.low)).toBe(true);
});
