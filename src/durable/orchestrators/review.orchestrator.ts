import type { OrchestrationContext } from 'durable-functions';
import { PATIENT } from '../../resilience/retry-policy';
import { ACTIVITIES } from '../contracts/names';
import type { ReviewInput } from '../contracts/review';
import { callWithRetries } from './call-with-retries';
import type { Durable } from './durable';
import { sleepUntilDecided } from './sleep-until-decided';
import { clockOf, timeOf, waitFor } from './wait-for';

/** A wake-up that got lost, with a history that ended, costs no longer than this. */
const LONGEST_SLEEP_MS = 15 * 60_000;
const FIRST_POLL_MS = 1_000;
const LONGEST_POLL_MS = 30_000;
/** Bounds the history of a review whose release takes long. */
const MOST_POLLS = 40;
const TRIES = { policy: PATIENT };

/**
 * The review of one batch of quarantined rows, until everything is decided and loaded or its deadline passes. Decisions are rows of the store;
 * an event only wakes it. Begins anew after each turn, so that its history stays short. Input: `ReviewInput`.
 */
export function* reviewOrchestrator(context: OrchestrationContext): Durable<null> {
  const input = context.df.getInput<ReviewInput>();
  const { batch } = input;
  const { outcome } = yield* callWithRetries(context, ACTIVITIES.reviewBatch, { batch, now: timeOf(context) }, TRIES);
  if (outcome.ok && outcome.value.runId !== null) {
    yield* awaitRelease(context, batch);
    context.df.continueAsNew(input);
    return null;
  }
  const now = clockOf(context);
  const { open = 1, decided = 0 } = outcome.ok ? outcome.value.counts : {};
  if ((open === 0 && decided === 0) || now >= input.deadlineAt) {
    const close = { batch, now: timeOf(context), open: input.onDeadline };
    yield* callWithRetries(context, ACTIVITIES.closeReview, close, TRIES);
    return null;
  }
  let { remindAt } = input;
  if (now >= remindAt) {
    yield* callWithRetries(context, ACTIVITIES.remindReview, { batch, now: new Date(remindAt).toISOString() }, TRIES);
    remindAt += input.remindEveryMs * Math.max(1, Math.ceil((now - remindAt + 1) / input.remindEveryMs));
  }
  yield* sleepUntilDecided(context, Math.min(now + LONGEST_SLEEP_MS, remindAt, input.deadlineAt));
  context.df.continueAsNew({ ...input, remindAt });
  return null;
}

function* awaitRelease(context: OrchestrationContext, batch: string): Durable<void> {
  for (let polls = 0; polls < MOST_POLLS; polls++) {
    yield* waitFor(context, Math.min(LONGEST_POLL_MS, FIRST_POLL_MS * 2 ** Math.min(polls, 10)));
    const { outcome } = yield* callWithRetries(
      context,
      ACTIVITIES.settleRelease,
      { batch, now: timeOf(context) },
      TRIES,
    );
    if (outcome.ok && outcome.value.ended) return;
  }
}
