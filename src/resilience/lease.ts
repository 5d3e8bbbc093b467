import type { LeaseAcquire, LeaseAnswer, LeaseRenew, LeaseState } from '../durable/contracts/entities';

/** A lease that nobody holds or waits for. */
export const FREE_LEASE: LeaseState = { holder: null, expiresAt: 0, queue: [] };

/**
 * Takes, renews or queues for the lease. A free lease goes to the first in the queue; without one, to whoever asks.
 * A holder that asks again renews. Asking again keeps the place in the queue.
 */
export function acquireLease(state: LeaseState, ask: LeaseAcquire): { state: LeaseState; answer: LeaseAnswer } {
  const current = expireLease(state, ask.now);
  const first = current.queue[0]?.holder ?? ask.holder;
  if (current.holder === ask.holder || (current.holder === null && first === ask.holder)) {
    const next: LeaseState = {
      holder: ask.holder,
      expiresAt: ask.now + ask.ttlMs,
      queue: current.queue.filter((waiting) => waiting.holder !== ask.holder),
    };
    return { state: next, answer: { granted: true, holder: ask.holder, position: null } };
  }
  const queue = ask.enqueue ? withPlace(current.queue, ask) : current.queue;
  const place = queue.findIndex((waiting) => waiting.holder === ask.holder);
  return {
    state: { ...current, queue },
    answer: { granted: false, holder: current.holder ?? first, position: place < 0 ? null : place + 1 },
  };
}

/** Extends the lease of the one who has it; of anybody else, nothing changes. */
export function renewLease(state: LeaseState, renewal: LeaseRenew): LeaseState {
  if (state.holder !== renewal.holder) return state;
  return { ...state, expiresAt: Math.max(state.expiresAt, renewal.now + renewal.ttlMs) };
}

/** Gives the lease back, or the place in the queue. Of a holder that has neither, nothing changes. */
export function releaseLease(state: LeaseState, holder: string): LeaseState {
  const queue = state.queue.filter((waiting) => waiting.holder !== holder);
  return state.holder === holder ? { holder: null, expiresAt: 0, queue } : { ...state, queue };
}

/** Lets go of a holder and of waiting runs whose time is up. */
export function expireLease(state: LeaseState, now: number): LeaseState {
  const queue = state.queue.filter((waiting) => waiting.expiresAt > now);
  return state.holder !== null && state.expiresAt <= now ? { holder: null, expiresAt: 0, queue } : { ...state, queue };
}

function withPlace(queue: LeaseState['queue'], ask: LeaseAcquire): LeaseState['queue'] {
  const place = { holder: ask.holder, expiresAt: ask.now + ask.queueTtlMs };
  const known = queue.some((waiting) => waiting.holder === ask.holder);
  return known ? queue.map((waiting) => (waiting.holder === ask.holder ? place : waiting)) : [...queue, place];
}
