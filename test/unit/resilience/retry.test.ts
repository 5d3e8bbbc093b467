import type { Failure, FailureClass } from '../../../src/model/failure';
import { backoffDelayMs } from '../../../src/resilience/backoff-delay';
import { retryPolicyOf, type RetryPolicy } from '../../../src/resilience/retry-policy';
import { shouldRetry } from '../../../src/resilience/should-retry';
import { stableFraction } from '../../../src/resilience/stable-fraction';

const policy: RetryPolicy = { maxAttempts: 4, firstDelayMs: 1_000, backoff: 2, maxDelayMs: 5_000, maxTotalMs: 60_000 };

describe('backoffDelayMs', () => {
  test.each([
    [1, 500, 1_000],
    [2, 1_000, 2_000],
    [3, 2_000, 4_000],
    [4, 2_500, 5_000],
    [9, 2_500, 5_000],
  ])('attempt %i waits between %i and %i ms', (attempt, least, most) => {
    for (const seed of ['run-1', 'run-2', 'run-3', 'run-4']) {
      const delay = backoffDelayMs(policy, attempt, seed);
      expect(delay).toBeGreaterThanOrEqual(least);
      expect(delay).toBeLessThanOrEqual(most);
      expect(Number.isInteger(delay)).toBe(true);
    }
  });
  test('is the same for the same instance and attempt, and differs between instances', () => {
    expect(backoffDelayMs(policy, 2, 'run-1')).toBe(backoffDelayMs(policy, 2, 'run-1'));
    const delays = new Set(Array.from({ length: 50 }, (_, index) => backoffDelayMs(policy, 2, `run-${index}`)));
    expect(delays.size).toBeGreaterThan(40);
  });
  test('keeps the other side’s wish when it is longer', () => {
    expect(backoffDelayMs(policy, 1, 'run-1', 30_000)).toBe(30_000);
    expect(backoffDelayMs(policy, 4, 'run-1', 10)).toBeGreaterThanOrEqual(2_500);
  });
});

test('stableFraction spreads over [0, 1)', () => {
  const values = Array.from({ length: 1_000 }, (_, index) => stableFraction(`run-${index}`));
  expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
  for (let tenth = 0; tenth < 10; tenth++) {
    expect(values.filter((value) => Math.floor(value * 10) === tenth).length).toBeGreaterThan(60);
  }
});

describe('shouldRetry', () => {
  const failure = (kind: FailureClass): Pick<Failure, 'class'> => ({ class: kind });
  test.each<[FailureClass, number, number, boolean]>([
    ['transient', 1, 0, true],
    ['infrastructure', 3, 60_000, true],
    ['transient', 4, 0, false],
    ['transient', 1, 60_001, false],
    ['persistent', 1, 0, false],
    ['business', 1, 0, false],
  ])('%s after %i attempts and %i ms: %s', (kind, attempts, elapsedMs, expected) => {
    expect(shouldRetry(failure(kind), attempts, elapsedMs, policy)).toBe(expected);
  });
});

test('retryPolicyOf reads the durations', () => {
  expect(retryPolicyOf({ maxAttempts: 5, firstDelay: '2s', backoff: 3, maxDelay: '2m', maxTotal: '1h' })).toEqual({
    maxAttempts: 5,
    firstDelayMs: 2_000,
    backoff: 3,
    maxDelayMs: 120_000,
    maxTotalMs: 3_600_000,
  });
});
