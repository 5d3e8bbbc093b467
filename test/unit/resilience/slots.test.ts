import fc from 'fast-check';
import type { SlotsState } from '../../../src/durable/contracts/entities';
import { expireSlots, FREE_SLOTS, giveSlots, giveSlotsOfRun, takeSlots } from '../../../src/resilience/slots';

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
