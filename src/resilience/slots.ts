import type { SlotsAnswer, SlotsAsk, SlotsState } from '../durable/contracts/entities';

/** A connection that nobody uses or waits for. */
export const FREE_SLOTS: SlotsState = { held: [], queue: [] };

/**
 * Gives a caller as many of the slots that it wants as are free, and none to it while others were there first. A caller that asks again
 * gives back what it had: it asks before each wave, and has ended the one before. What is free goes round in turn, so that one
 * large run does not keep the small ones waiting.
 */
export function takeSlots(state: SlotsState, ask: SlotsAsk): { state: SlotsState; answer: SlotsAnswer } {
  const current = expireSlots(state, ask.now);
  const held = current.held.filter(({ holder }) => holder !== ask.holder);
  const free = ask.limit - held.reduce((sum, { slots }) => sum + slots, 0);
  const place = { holder: ask.holder, run: ask.run, expiresAt: ask.now + ask.queueTtlMs };
  const known = current.queue.some(({ holder }) => holder === ask.holder);
  const queue = known
    ? current.queue.map((waiting) => (waiting.holder === ask.holder ? place : waiting))
    : [...current.queue, place];
  const position = queue.findIndex(({ holder }) => holder === ask.holder);
  // Those before leave room for one slot each; what is beyond that may be taken by whoever asks.
  const granted = Math.max(0, Math.min(ask.wanted, free - position));
  if (granted === 0) return { state: { held, queue }, answer: { granted: 0, ahead: position } };
  const taken = {
    holder: ask.holder,
    run: ask.run,
    slots: fairShare(granted, free, queue.length),
    expiresAt: ask.now + ask.ttlMs,
  };
  return {
    state: { held: [...held, taken], queue: queue.filter(({ holder }) => holder !== ask.holder) },
    answer: { granted: taken.slots, ahead: 0 },
  };
}

/** Where others wait, nobody takes more than an even share of what is free. */
function fairShare(granted: number, free: number, waiting: number): number {
  return Math.max(1, Math.min(granted, Math.ceil(free / waiting)));
}

/** Gives back the slots, or the place in the queue, of a caller. */
export function giveSlots(state: SlotsState, holder: string): SlotsState {
  return without(state, (entry) => entry.holder === holder);
}

/** The same for everything of a run that has ended. */
export function giveSlotsOfRun(state: SlotsState, run: string): SlotsState {
  return without(state, (entry) => entry.run === run);
}

/** Lets go of whoever's time is up. */
export function expireSlots(state: SlotsState, now: number): SlotsState {
  return without(state, ({ expiresAt }) => expiresAt <= now);
}

function without(
  { held, queue }: SlotsState,
  gone: (entry: { readonly holder: string; readonly run: string; readonly expiresAt: number }) => boolean,
): SlotsState {
  return { held: held.filter((entry) => !gone(entry)), queue: queue.filter((entry) => !gone(entry)) };
}
