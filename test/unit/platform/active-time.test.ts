import fc from 'fast-check';
import { ActiveTime } from '../../../src/platform/active-time';

let now = 0;
const fresh = (): ActiveTime => {
  now = 0;
  return new ActiveTime(() => now);
};

test('one alone pays for a second at least, then for tenths of a second that were begun', () => {
  const time = fresh();
  const short = time.begin();
  now += 20;
  expect(short()).toBe(1000);
  const long = time.begin();
  now += 1001;
  expect(long()).toBe(1100);
  // Ended twice, it ended once.
  expect(long()).toBe(1100);
});

test('two side by side share what one would cost', () => {
  const time = fresh();
  const one = time.begin();
  now += 1000;
  const other = time.begin();
  now += 1000;
  expect(one()).toBe(1500);
  now += 450;
  // The last one bears what the period is rounded up by: 2450 ms are billed as 2500.
  expect(other()).toBe(500 + 450 + 50);
});

test('whatever overlaps, the shares add up to the periods as they are billed', () => {
  const execution = fc.record({
    begins: fc.integer({ min: 0, max: 20_000 }),
    lasts: fc.integer({ min: 0, max: 5_000 }),
  });
  fc.assert(
    fc.property(fc.array(execution, { minLength: 1, maxLength: 30 }), (executions) => {
      const time = fresh();
      const events = executions.flatMap(({ begins, lasts }, index) => [
        { at: begins, index, ends: false },
        { at: begins + lasts, index, ends: true },
      ]);
      events.sort((a, b) => a.at - b.at || a.index - b.index || Number(a.ends) - Number(b.ends));
      const running = new Map<number, () => number>();
      let [shares, billed, since] = [0, 0, 0];
      for (const { at, index, ends } of events) {
        now = at;
        if (!ends) {
          if (running.size === 0) since = at;
          running.set(index, time.begin());
          continue;
        }
        shares += running.get(index)!();
        running.delete(index);
        if (running.size === 0) billed += Math.max(1000, Math.ceil((at - since) / 100) * 100);
      }
      expect(shares).toBeCloseTo(billed, 6);
    }),
  );
});
