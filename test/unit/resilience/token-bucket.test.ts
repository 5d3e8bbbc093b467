import { takeToken, type Bucket } from '../../../src/resilience/token-bucket';

const RATE = { perMinute: 60, burst: 3 };
/** Takes at each time and gives the waits. */
function takes(times: readonly number[], rate = RATE): number[] {
  let bucket: Bucket | null = null;
  return times.map((at) => {
    const taken = takeToken(bucket, rate, at);
    bucket = taken.bucket;
    return taken.waitMs;
  });
}

test.each([
  ['a burst, and then one a second', [0, 0, 0, 0, 500, 1000, 1000], [0, 0, 0, 1000, 500, 0, 1000]],
  [
    'a long rest fills it, and no more',
    [0, 0, 0, 3_600_000, 3_600_000, 3_600_000, 3_600_000],
    [0, 0, 0, 0, 0, 0, 1000],
  ],
  ['a clock that goes back gives nothing', [10_000, 10_000, 10_000, 0, 5000, 11_000], [0, 0, 0, 1000, 1000, 0]],
])('%s', (_, times, waits) => {
  expect(takes(times)).toEqual(waits);
});

test('a refusal takes no token: asking again and again does not put off the next one', () => {
  const waits = takes([0, 0, 0, ...Array.from({ length: 100 }, (_, index) => index * 10), 1000]);
  expect(waits.at(-1)).toBe(0);
});
