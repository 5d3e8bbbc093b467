import type { OrchestrationContext } from 'durable-functions';
import type { Failure } from '../../model/failure';
import { backoffDelayMs } from '../../resilience/backoff-delay';
import { climb, climbed, messageIdOf, type LadderMove, type LadderProgress } from '../../resilience/ladder';
import { PATIENT, type RetryPolicy } from '../../resilience/retry-policy';
import { shouldRetry } from '../../resilience/should-retry';
import { ALERTS_CHANGED_EVENT, type EscalationInput, type SendAlertResult } from '../contracts/escalation';
import { ACTIVITIES } from '../contracts/names';
import type { Outcome } from '../contracts/outcome';
import { lostActivity } from './call-activity';
import { callAll } from './call-all';
import { callWithRetries } from './call-with-retries';
import type { Durable } from './durable';
import { clockOf, timeOf, waitFor } from './wait-for';

/** A wake-up that got lost, with a history that ended, costs no longer than this. */
const LONGEST_SLEEP_MS = 5 * 60_000;
const TRIES = { policy: PATIENT };
/** A channel that does not answer for minutes is given up for another: people are waiting to be told. */
const SENDING: RetryPolicy = {
  maxAttempts: 5,
  firstDelayMs: 5_000,
  backoff: 3,
  maxDelayMs: 120_000,
  maxTotalMs: 600_000,
};

type Tell = Extract<LadderMove, { do: 'tell' }>;

/**
 * Tells people of a group of alerts, level by level, until somebody acknowledges or all is resolved. What happened to the alerts stands in the store; an event
 * only wakes it. Begins anew after each turn, so that its history stays short. Input: `EscalationInput`.
 */
export function* escalationOrchestrator(context: OrchestrationContext): Durable<null> {
  const input = context.df.getInput<EscalationInput>();
  const { group, policy } = input;
  const { outcome } = yield* callWithRetries(
    context,
    ACTIVITIES.readAlertGroup,
    { group, now: timeOf(context) },
    TRIES,
  );
  if (!outcome.ok) {
    yield* waitFor(context, LONGEST_SLEEP_MS);
    context.df.continueAsNew(input);
    return null;
  }
  const standing = outcome.value;
  const now = clockOf(context);
  const { move, progress } = climb(policy, input.progress, standing, now);
  let next: LadderProgress = progress;
  if (move.do === 'end') {
    const close = { group, now: timeOf(context), force: policy.digest };
    const closed = yield* callWithRetries(context, ACTIVITIES.closeAlertGroup, close, TRIES);
    if (closed.outcome.ok && closed.outcome.value.closed) return null;
    // Another alert joined at this moment.
    yield* waitFor(context, 1_000);
  } else if (move.do === 'wait') {
    yield* sleepUntilChanged(context, Math.min(move.until, now + LONGEST_SLEEP_MS));
  } else {
    const message = messageIdOf(progress, move.about, standing.version);
    if (move.action !== null) {
      const act = { group, now: timeOf(context), action: move.action, message };
      yield* callWithRetries(context, ACTIVITIES.actOnAlerts, act, TRIES);
    }
    const reached = yield* tellAll(context, input, move, message);
    next = climbed(policy, progress, move, reached, standing, clockOf(context));
  }
  context.df.continueAsNew({ ...input, progress: next });
  return null;
}

/** Sends to all channels at once, tries those again that failed, and takes others in place of those that are given up. Gives the channels that took it. */
function* tellAll(
  context: OrchestrationContext,
  { group, policy }: EscalationInput,
  { about, channels }: Tell,
  message: string,
): Durable<readonly string[]> {
  const reached: string[] = [];
  const tried = new Set(channels);
  let pending = channels.map((channel) => ({ channel, attempt: 1, since: clockOf(context) }));
  while (pending.length > 0) {
    const outcomes = yield* callAll<Outcome<SendAlertResult>>(
      context,
      pending.map(
        ({ channel }) =>
          () =>
            context.df.callActivity(ACTIVITIES.sendAlert, { group, now: timeOf(context), message, about, channel }),
      ),
      (error) => lostActivity(ACTIVITIES.sendAlert, error, {}),
    );
    const again: typeof pending = [];
    let delay = 0;
    for (const [index, one] of pending.entries()) {
      const outcome = outcomes[index];
      if (outcome === undefined || outcome.ok) {
        reached.push(one.channel);
        continue;
      }
      const { failure } = outcome;
      const wait = backoffDelayMs(
        SENDING,
        one.attempt,
        `${context.df.instanceId}/${message}/${one.channel}`,
        failure.retryAfterMs,
      );
      if (shouldRetry(failure, one.attempt, clockOf(context) - one.since + wait, SENDING)) {
        again.push({ ...one, attempt: one.attempt + 1 });
        delay = Math.max(delay, wait);
        continue;
      }
      const otherwise = policy.otherwise[one.channel];
      const replaces = otherwise !== undefined && !tried.has(otherwise);
      yield* giveUp(context, group, one.channel, message, failure, replaces ? otherwise : null);
      if (!replaces) continue;
      tried.add(otherwise);
      again.push({ channel: otherwise, attempt: 1, since: clockOf(context) });
    }
    pending = again;
    if (pending.length > 0 && delay > 0) yield* waitFor(context, delay);
  }
  return reached;
}

function* giveUp(
  context: OrchestrationContext,
  group: string,
  channel: string,
  message: string,
  { code, message: reason }: Failure,
  otherwise: string | null,
): Durable<void> {
  const input = { group, now: timeOf(context), channel, message, code, reason: reason.slice(0, 500), otherwise };
  yield* callWithRetries(context, ACTIVITIES.channelFailed, input, TRIES);
}

function* sleepUntilChanged(context: OrchestrationContext, until: number): Durable<void> {
  const timer = context.df.createTimer(new Date(until));
  const changed = context.df.waitForExternalEvent(ALERTS_CHANGED_EVENT);
  // eslint-disable-next-line no-restricted-syntax -- a wait against a timer, once; the loser is cancelled
  const first: unknown = yield context.df.Task.any([changed, timer]);
  if (first !== timer) timer.cancel();
}
