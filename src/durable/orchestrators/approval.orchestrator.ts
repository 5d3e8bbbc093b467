import type { OrchestrationContext } from 'durable-functions';
import { PATIENT } from '../../resilience/retry-policy';
import type { ApprovalInput } from '../contracts/approval';
import { ACTIVITIES } from '../contracts/names';
import { callWithRetries } from './call-with-retries';
import type { Durable } from './durable';
import { sleepUntilDecided } from './sleep-until-decided';
import { clockOf, timeOf } from './wait-for';

/** A wake-up that got lost, with a history that ended, costs no longer than this. */
const LONGEST_SLEEP_MS = 15 * 60_000;
const SHORTEST_SLEEP_MS = 1_000;
const TRIES = { policy: PATIENT };

/**
 * Waits until somebody decides, or the deadline passes, and then sees to it that what was approved is done. Decisions are rows of the store;
 * an event only wakes it. Begins anew after each turn, so that its history stays short. Input: `ApprovalInput`.
 */
export function* approvalOrchestrator(context: OrchestrationContext): Durable<null> {
  const input = context.df.getInput<ApprovalInput>();
  const asked = { approval: input.approval, now: timeOf(context) };
  const { outcome } = yield* callWithRetries(context, ACTIVITIES.settleApproval, asked, TRIES);
  if (outcome.ok && outcome.value.ended) return null;
  const now = clockOf(context);
  // Where storage stays away, or what was approved cannot be begun, it is tried again after a while.
  const next = outcome.ok ? Math.max(input.deadlineAt, now + SHORTEST_SLEEP_MS) : Infinity;
  yield* sleepUntilDecided(context, Math.min(now + LONGEST_SLEEP_MS, next));
  context.df.continueAsNew(input);
  return null;
}
