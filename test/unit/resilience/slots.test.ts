import fc from 'fast-check';
import type { SlotsState } from '../../../src/durable/contracts/entities';
import { AGEING_MS, type Priority } from '../../../src/model/priority';
import {
  expireSlots,
  FREE_SLOTS,
  giveSlots,
  giveSlotsOfRun,
  keepSlots,
  takeSlots,
} from '../../../src/resilience/slots';

const ask = (holder: string, wanted: number, more: object = {}) => ({
  holder,
  run: `run-${holder}`,
  now: 0,
  ttlMs: 1000,
  queueTtlMs: 100,
  limit: 4,
  wanted,
  ...more,
});
const used = ({ held }: SlotsState) => held.reduce((sum, { slots }) => sum + slots, 0);

test('gives what is free, then nothing, then what comes back, first come first served', () => {
  const a = takeSlots(FREE_SLOTS, ask('a', 3));
  expect(a.answer).toEqual({ granted: 3, ahead: 0 });
  const b = takeSlots(a.state, ask('b', 3));
  expect(b.answer).toEqual({ granted: 1, ahead: 0 });
  const c = takeSlots(b.state, ask('c', 2));
  const d = takeSlots(c.state, ask('d', 2));
  expect([c.answer, d.answer]).toEqual([
    { granted: 0, ahead: 0 },
    { granted: 0, ahead: 1 },
  ]);
  const back = giveSlots(d.state, 'b');
  expect(takeSlots(back, ask('d', 2)).answer).toEqual({ granted: 0, ahead: 1 });
  expect(takeSlots(back, ask('c', 2)).answer).toEqual({ granted: 1, ahead: 0 });
});

test('nobody takes more than an even share while others wait', () => {
  const { state } = takeSlots(takeSlots(FREE_SLOTS, ask('a', 4)).state, ask('b', 4));
  const waiting = takeSlots(state, ask('c', 4)).state;
  const free = giveSlots(waiting, 'a');
  expect(takeSlots(free, ask('b', 4)).answer.granted).toBe(2);
});

test('asking again gives back what the wave before had', () => {
  const first = takeSlots(FREE_SLOTS, ask('a', 4));
  const again = takeSlots(first.state, ask('a', 2));
  expect(again.answer.granted).toBe(2);
  expect(used(again.state)).toBe(2);
});

test('lets go of a run, and of whoever does not ask again in time', () => {
  const a = takeSlots(FREE_SLOTS, ask('a', 4)).state;
  const waiting = takeSlots(a, ask('b', 1)).state;
  expect(giveSlotsOfRun(waiting, 'run-a')).toEqual({ held: [], queue: waiting.queue });
  expect(expireSlots(waiting, 100)).toEqual({ held: a.held, queue: [] });
  expect(expireSlots(waiting, 1000)).toEqual(FREE_SLOTS);
  expect(takeSlots(waiting, ask('c', 1, { now: 1000 })).answer.granted).toBe(1);
});

test('never gives more than the limit, and everybody gets a turn', () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const step = fc.record({
    holder: fc.constantFrom(...names),
    wanted: fc.integer({ min: 1, max: 64 }),
    gives: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 5 }), (steps, limit) => {
      let state = FREE_SLOTS;
      for (const { holder, wanted, gives } of steps) {
        state = gives ? giveSlots(state, holder) : takeSlots(state, ask(holder, wanted, { limit })).state;
        expect(used(state)).toBeLessThanOrEqual(limit);
        expect(new Set(state.held.map((entry) => entry.holder)).size).toBe(state.held.length);
      }
      // Once the holders have ended, whoever waits gets its turn within as many rounds as there are.
      const waiting = state.queue.map((entry) => entry.holder);
      for (const { holder } of state.held) state = giveSlots(state, holder);
      const served = new Set<string>();
      for (const holder of waiting) {
        const taken = takeSlots(state, ask(holder, 1, { limit }));
        if (taken.answer.granted > 0) served.add(holder);
        state = giveSlots(taken.state, taken.answer.granted > 0 ? holder : '');
      }
      expect([...served]).toEqual(waiting);
    }),
  );
});

describe('priorities', () => {
  const full = takeSlots(FREE_SLOTS, ask('a', 4, { ttlMs: 9e9 })).state;
  const waiting = (...asks: readonly ReturnType<typeof ask>[]): SlotsState =>
    asks.reduce((state, one) => takeSlots(state, one).state, full);
  const order = ({ queue }: SlotsState): string[] => queue.map(({ holder }) => holder);

  test('high goes before normal, normal before low, and equals by age', () => {
    const state = waiting(
      ask('low', 1, { priority: 'low', queueTtlMs: 9e9 }),
      ask('normal', 1, { queueTtlMs: 9e9 }),
      ask('high', 1, { priority: 'high', now: 900, queueTtlMs: 9e9 }),
      ask('high too', 1, { priority: 'high', now: 901, since: 899, queueTtlMs: 9e9 }),
    );
    expect(order(state)).toEqual(['high too', 'high', 'normal', 'low']);
    const free = giveSlots(state, 'a');
    expect(takeSlots(free, ask('low', 4, { priority: 'low' })).answer).toEqual({ granted: 1, ahead: 0 });
  });

  test('one that has waited long enough goes before a higher one', () => {
    const old = { priority: 'low', queueTtlMs: 9e9, ttlMs: 9e9 };
    const state = waiting(
      ask('low', 1, old),
      ask('high', 1, { priority: 'high', now: 30 * 60_000 + 1, queueTtlMs: 9e9, ttlMs: 9e9 }),
    );
    expect(order(state)).toEqual(['low', 'high']);
  });

  test('those of a lower priority make nobody share', () => {
    const state = giveSlots(waiting(ask('low', 4, { priority: 'low' })), 'a');
    expect(takeSlots(state, ask('high', 4, { priority: 'high' })).answer.granted).toBe(4);
    expect(takeSlots(state, ask('normal', 4)).answer.granted).toBe(4);
  });

  test('gives back what is above what it keeps, and waits with 0 wanted', () => {
    expect(used(keepSlots(full, { holder: 'a', slots: 1 }))).toBe(1);
    const yielded = takeSlots(full, ask('a', 0, { since: -5 }));
    expect([yielded.answer.granted, used(yielded.state), order(yielded.state)]).toEqual([0, 0, ['a']]);
  });

  test('a state of an older version comes first, in its order', () => {
    const older = { held: full.held, queue: ['x', 'y'].map((holder) => ({ holder, run: holder, expiresAt: 500 })) };
    const { state } = takeSlots(older, ask('high', 1, { priority: 'high' }));
    expect(order(takeSlots(state, ask('y', 1)).state)).toEqual(['x', 'y', 'high']);
  });

  test('over random arrivals: high first, and nobody is passed over by those that came later than its ageing', () => {
    const priority = fc.constantFrom<Priority>('high', 'normal', 'low');
    const arrival = fc.record({
      afterMs: fc.integer({ min: 0, max: 8 * 60_000 }),
      priority,
      wanted: fc.integer({ min: 1, max: 6 }),
      lastsMs: fc.integer({ min: 1_000, max: 20 * 60_000 }),
    });
    fc.assert(
      fc.property(
        fc.array(arrival, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 5 }),
        (arrivals, limit) => {
          const jobs = arrivals.map((job, index) => ({ ...job, name: `job-${index}`, at: 0 }));
          jobs.reduce((now, job) => (job.at = now + job.afterMs), 0);
          const ends = new Map<string, number>();
          const served = new Map<string, number>();
          let state = FREE_SLOTS;
          const last = jobs.at(-1)!.at + 3 * 3_600_000 + jobs.length * 20 * 60_000;
          // Everybody who waits asks every 15 seconds, in the order of their names, which is none of the turns'.
          for (let now = 0; now <= last && served.size < jobs.length; now += 15_000) {
            for (const [name, end] of ends) {
              if (end > now) continue;
              state = giveSlots(state, name);
              ends.delete(name);
            }
            for (const job of jobs) {
              if (job.at > now || served.has(job.name)) continue;
              const asked = ask(job.name, job.wanted, {
                ...{ now, since: job.at, limit, priority: job.priority, queueTtlMs: 120_000, ttlMs: 2 * 3_600_000 },
              });
              const taken = takeSlots(state, asked);
              state = taken.state;
              expect(used(state)).toBeLessThanOrEqual(limit);
              if (taken.answer.granted === 0) continue;
              served.set(job.name, now);
              ends.set(job.name, now + job.lastsMs);
            }
          }
          expect(served.size).toBe(jobs.length);
          for (const one of jobs) {
            for (const other of jobs) {
              const turns = [one, other].map((job) => job.at + AGEING_MS[job.priority]) as [number, number];
              // Both waited at once, and one's turn was before: where slots were left for one alone, they were one's. Asks are 15 s apart.
              const bothWaited = served.get(other.name)! >= one.at + 15_000;
              if (limit > 1 || !bothWaited || turns[0] + 15_000 >= turns[1]) continue;
              expect(served.get(one.name)!).toBeLessThanOrEqual(served.get(other.name)!);
            }
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
