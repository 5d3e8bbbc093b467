import type { LeaseAcquire, LeaseState } from '../../../src/durable/contracts/entities';
import { FREE_LEASE, acquireLease, expireLease, releaseLease, renewLease } from '../../../src/resilience/lease';

const ask = (holder: string, now: number, enqueue = true): LeaseAcquire => ({
  holder,
  now,
  enqueue,
  ttlMs: 1_000,
  queueTtlMs: 100,
});
const held = (holder: string | null, expiresAt: number, ...queue: [string, number][]): LeaseState => ({
  holder,
  expiresAt,
  queue: queue.map(([waiting, until]) => ({ holder: waiting, expiresAt: until })),
});

describe('acquireLease', () => {
  test.each<
    [string, LeaseState, LeaseAcquire, LeaseState, { granted: boolean; holder: string; position: number | null }]
  >([
    ['takes a free lease', FREE_LEASE, ask('a', 10), held('a', 1_010), { granted: true, holder: 'a', position: null }],
    [
      'renews its own',
      held('a', 1_010),
      ask('a', 500),
      held('a', 1_500),
      { granted: true, holder: 'a', position: null },
    ],
    [
      'takes over what ran out',
      held('a', 1_010),
      ask('b', 1_010),
      held('b', 2_010),
      { granted: true, holder: 'b', position: null },
    ],
    [
      'queues behind a holder',
      held('a', 1_010),
      ask('b', 20),
      held('a', 1_010, ['b', 120]),
      { granted: false, holder: 'a', position: 1 },
    ],
    [
      'queues behind those who wait',
      held('a', 1_010, ['b', 120]),
      ask('c', 30),
      held('a', 1_010, ['b', 120], ['c', 130]),
      { granted: false, holder: 'a', position: 2 },
    ],
    [
      'keeps its place when it asks again',
      held('a', 1_010, ['b', 120], ['c', 130]),
      ask('b', 90),
      held('a', 1_010, ['b', 190], ['c', 130]),
      { granted: false, holder: 'a', position: 1 },
    ],
    [
      'is refused without a place when it does not want to wait',
      held('a', 1_010),
      ask('b', 20, false),
      held('a', 1_010),
      { granted: false, holder: 'a', position: null },
    ],
    [
      'does not overtake those who wait for a free lease',
      held(null, 0, ['b', 120]),
      ask('c', 20),
      held(null, 0, ['b', 120], ['c', 120]),
      { granted: false, holder: 'b', position: 2 },
    ],
    [
      'goes to the first in the queue',
      held(null, 0, ['b', 120], ['c', 130]),
      ask('b', 50),
      held('b', 1_050, ['c', 130]),
      { granted: true, holder: 'b', position: null },
    ],
    [
      'drops a waiting run that did not ask again',
      held(null, 0, ['b', 120], ['c', 300]),
      ask('c', 120),
      held('c', 1_120),
      { granted: true, holder: 'c', position: null },
    ],
  ])('%s', (_, before, request, after, answer) => {
    expect(acquireLease(before, request)).toEqual({ state: after, answer });
  });
});

test('releaseLease gives back the lease or the place, of the asker only', () => {
  expect(releaseLease(held('a', 9, ['b', 8]), 'a')).toEqual(held(null, 0, ['b', 8]));
  expect(releaseLease(held('a', 9, ['b', 8]), 'b')).toEqual(held('a', 9));
  expect(releaseLease(held('a', 9), 'x')).toEqual(held('a', 9));
});

test('expireLease lets go of what ran out', () => {
  expect(expireLease(held('a', 9, ['b', 8], ['c', 10]), 9)).toEqual(held(null, 0, ['c', 10]));
  expect(expireLease(held('a', 9), 8)).toEqual(held('a', 9));
});

test('renewLease extends the holder’s lease, and nobody else’s', () => {
  expect(renewLease(held('a', 9), { holder: 'a', now: 5, ttlMs: 10 })).toEqual(held('a', 15));
  expect(renewLease(held('a', 99), { holder: 'a', now: 5, ttlMs: 10 })).toEqual(held('a', 99));
  expect(renewLease(held('a', 9), { holder: 'b', now: 5, ttlMs: 10 })).toEqual(held('a', 9));
  expect(renewLease(FREE_LEASE, { holder: 'b', now: 5, ttlMs: 10 })).toEqual(FREE_LEASE);
});
