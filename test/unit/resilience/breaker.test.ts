import type { BreakerPolicy, BreakerState, BreakerTell } from '../../../src/durable/contracts/entities';
import { CLOSED_BREAKER, askBreaker, expireBreaker, tellBreaker } from '../../../src/resilience/breaker';

const policy: BreakerPolicy = {
  connection: 'warehouse',
  failureRate: 0.5,
  minimumCalls: 4,
  windowMs: 60_000,
  openForMs: 10_000,
  whenOpen: 'wait',
  maxWaitMs: 60_000,
};
const ask = (now: number, holder = 'me') => ({ holder, now, policy });
const tell = (now: number, successes: number, failures: number, holder = 'me'): BreakerTell => ({
  holder,
  now,
  policy,
  successes,
  failures,
  lastFailure: failures > 0 ? { class: 'transient', code: 'connection-reset' } : null,
});
const closed = (
  ...calls: [at: number, successes: number, failures: number][]
): Extract<BreakerState, { state: 'closed' }> => ({
  state: 'closed',
  calls: calls.map(([at, successes, failures]) => ({ at, successes, failures })),
});
const open: BreakerState = { state: 'open', openedAt: 1_000, until: 11_000, reason: 'r' };
const halfOpen = (holder: string | null, expiresAt = 400_000): BreakerState => ({
  state: 'half-open',
  openedAt: 1_000,
  reason: 'r',
  probe: holder === null ? null : { holder, expiresAt },
});
const lastOpening = { openedAt: 1_000, closedAt: 12_000, reason: 'r' };

describe('tellBreaker', () => {
  test.each<[string, BreakerState, BreakerTell, BreakerState]>([
    ['stays closed below the minimum of calls', CLOSED_BREAKER, tell(5, 0, 3), closed([5, 0, 3])],
    ['stays closed below the rate', CLOSED_BREAKER, tell(5, 3, 2), closed([5, 3, 2])],
    [
      'opens when the rate is reached',
      CLOSED_BREAKER,
      tell(5, 2, 2),
      { state: 'open', openedAt: 5, until: 10_005, reason: '2 of 4 calls failed, the last with connection-reset' },
    ],
    [
      'opens by samples that add up inside the window',
      closed([1_000, 0, 2]),
      tell(50_000, 1, 1),
      { state: 'open', openedAt: 50_000, until: 60_000, reason: '3 of 4 calls failed, the last with connection-reset' },
    ],
    ['forgets samples older than the window', closed([1_000, 0, 3]), tell(61_000, 0, 1), closed([61_000, 0, 1])],
    [
      'does not open on a success, even above the rate',
      closed([1_000, 0, 3]),
      tell(9_000, 1, 0),
      closed([1_000, 0, 3], [9_000, 1, 0]),
    ],
    ['joins samples that are close together', closed([1_000, 1, 0]), tell(1_500, 2, 1), closed([1_000, 3, 1])],
    ['changes nothing while open', open, tell(5_000, 9, 0), open],
    [
      'closes when the probe succeeds, and keeps when and why it was open',
      halfOpen('me'),
      tell(12_000, 1, 0),
      { ...closed(), lastOpening },
    ],
    ['keeps it while it is closed', { ...closed(), lastOpening }, tell(5, 1, 0), { ...closed([5, 1, 0]), lastOpening }],
    [
      'opens again when the probe fails',
      halfOpen('me'),
      tell(12_000, 1, 1),
      { state: 'open', openedAt: 12_000, until: 22_000, reason: 'the probe failed, the last with connection-reset' },
    ],
    ['gives the turn back when the probe says nothing', halfOpen('me'), tell(12_000, 0, 0), halfOpen(null)],
    ['listens to the probe only', halfOpen('me'), tell(12_000, 5, 0, 'other'), halfOpen('me')],
    ['ignores others when there is no probe', halfOpen(null), tell(12_000, 5, 0), halfOpen(null)],
  ])('%s', (_, before, told, after) => {
    expect(tellBreaker(before, told)).toEqual(after);
  });
});

describe('askBreaker', () => {
  test('closed: allows and keeps its state', () => {
    expect(askBreaker(CLOSED_BREAKER, ask(5))).toEqual({
      state: CLOSED_BREAKER,
      answer: { allowed: true, probe: false, state: 'closed', retryAtMs: null, reason: null },
    });
  });
  test('open: refuses until its time is up', () => {
    expect(askBreaker(open, ask(10_999))).toEqual({
      state: open,
      answer: { allowed: false, probe: false, state: 'open', retryAtMs: 11_000, reason: 'r' },
    });
  });
  test('open and time is up: becomes half-open with the asker as probe', () => {
    const { state, answer } = askBreaker(open, ask(11_000));
    expect(answer).toEqual({ allowed: true, probe: true, state: 'half-open', retryAtMs: null, reason: null });
    expect(state).toEqual(halfOpen('me', 311_000));
  });
  test('half-open: one probe at a time; the same asker keeps it', () => {
    const state = halfOpen('me', 311_000);
    expect(askBreaker(state, ask(12_000, 'other')).answer).toMatchObject({ allowed: false, retryAtMs: 22_000 });
    expect(askBreaker(state, ask(310_000, 'other')).answer).toMatchObject({ allowed: false, retryAtMs: 311_000 });
    expect(askBreaker(state, ask(12_000)).answer).toMatchObject({ allowed: true, probe: true });
  });
  test('half-open: a probe that ran out goes to the next', () => {
    const { state, answer } = askBreaker(halfOpen('me', 311_000), ask(311_000, 'other'));
    expect(answer).toMatchObject({ allowed: true, probe: true });
    expect(state).toEqual(halfOpen('other', 611_000));
  });
});

test('expireBreaker lets go of a probe that ran out, and of nothing else', () => {
  expect(expireBreaker(halfOpen('me', 5), 5)).toEqual(halfOpen(null));
  expect(expireBreaker(halfOpen('me', 5), 4)).toEqual(halfOpen('me', 5));
  expect(expireBreaker(open, 99_999)).toEqual(open);
});

test('the state stays small however many waves there are', () => {
  let state: BreakerState = CLOSED_BREAKER;
  for (let now = 0; now < 600_000; now += 100) state = tellBreaker(state, tell(now, 1, 0));
  expect(state.state === 'closed' && state.calls.length).toBeLessThanOrEqual(61);
});
