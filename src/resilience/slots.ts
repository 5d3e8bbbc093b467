import type { SlotsAnswer, SlotsAsk, SlotsKeep, SlotsState, SlotsWaiting } from '../durable/contracts/entities';
import { AGEING_MS, type Priority } from '../model/priority';

/** Slots that nobody uses or waits for. */
export const FREE_SLOTS: SlotsState = { held: [], queue: [] };

/** High ones first. */
const RANK: Readonly<Record<Priority, number>> = { high: 0, normal: 1, low: 2 };

/**
 * Gives a caller as many of the slots that it wants as are free, and none to it while others have their turn before. A turn is the time of the first
 * ask, later by what the priority makes it wait (`AGEING_MS`): a high one goes before those that are not much older, and of all that wait
 * only so many ever come before one. A caller that asks again gives back what it had: it asks before each wave, and has ended the one before. What is
 * free goes round, so that one large run does not keep the small ones waiting.
 */
export function takeSlots(state: SlotsState, ask: SlotsAsk): { state: SlotsState; answer: SlotsAnswer } {
  const current = expireSlots(state, ask.now);
  const held = current.held.filter(({ holder }) => holder !== ask.holder);
  const free = ask.limit - held.reduce((sum, { slots }) => sum + slots, 0);
  const queue = inTurn(current.queue, ask);
  const position = queue.findIndex(({ holder }) => holder === ask.holder);
  // Those before leave room for one slot each; what is beyond that may be taken by whoever asks.
  const granted = Math.max(0, Math.min(ask.wanted, free - position));
  if (granted === 0) return { state: { held, queue }, answer: { granted: 0, ahead: position } };
  const taken = {
    holder: ask.holder,
    run: ask.run,
    slots: fairShare(granted, free, rivals(queue, ask)),
    expiresAt: ask.now + ask.ttlMs,
  };
  return {
    state: { held: [...held, taken], queue: queue.filter(({ holder }) => holder !== ask.holder) },
    answer: { granted: taken.slots, ahead: 0 },
  };
}

/** The queue with the caller's place in it. One that waits already keeps its turn. */
function inTurn(queue: readonly SlotsWaiting[], ask: SlotsAsk): readonly SlotsWaiting[] {
  const { holder, run, priority = 'normal' } = ask;
  const known = queue.find((waiting) => waiting.holder === holder);
  const turn = known === undefined ? (ask.since ?? ask.now) + AGEING_MS[priority] : known.turn;
  const place: SlotsWaiting = {
    ...{ holder, run, expiresAt: ask.now + ask.queueTtlMs, priority },
    ...(turn !== undefined && { turn }),
  };
  const places =
    known === undefined ? [...queue, place] : queue.map((waiting) => (waiting.holder === holder ? place : waiting));
  return places.toSorted((one, other) => (one.turn ?? 0) - (other.turn ?? 0));
}

/** Those that wait, the caller with them, less those of a lower priority. */
function rivals(queue: readonly SlotsWaiting[], { priority = 'normal' }: SlotsAsk): number {
  return queue.filter((waiting) => RANK[waiting.priority ?? 'normal'] <= RANK[priority]).length;
}

/** Where others wait, nobody takes more than an even share of what is free. */
function fairShare(granted: number, free: number, waiting: number): number {
  return Math.max(1, Math.min(granted, Math.ceil(free / waiting)));
}

/** Gives back what a holder has above `slots`. */
export function keepSlots(state: SlotsState, { holder, slots }: SlotsKeep): SlotsState {
  const held = state.held
    .map((entry) => (entry.holder === holder ? { ...entry, slots: Math.min(entry.slots, slots) } : entry))
    .filter((entry) => entry.slots > 0);
  return { ...state, held };
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
