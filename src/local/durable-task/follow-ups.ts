import { EVENT } from './history-event';
import type { HistoryEvent, Plan } from './model';
import type { Action, RetryOptions } from './sdk-answer';

/**
 * What the host does by itself when the event of a sequence number comes. The SDK counts these numbers along, so they are
 * taken when the event is processed and before those of new actions: RetryableTask, CallHttpWithPollingTask and
 * LongTimerTask of durable-functions 3.5.
 */
export type FollowUp =
  /** An attempt of an activity or sub-orchestration is under way; `firstAt` in ms since 1970. */
  | { kind: 'attempt'; index: number; attempt: number; firstAt: number }
  /** The wait after a failed attempt; `attempt` is the number of the next one. */
  | { kind: 'backoff'; index: number; attempt: number; firstAt: number }
  /** An HTTP request is under way. */
  | { kind: 'http'; index: number }
  /** The wait before the next poll, whose number is taken already. */
  | { kind: 'poll'; index: number; httpId: number; location: string }
  /** A part of a timer that is longer than the storage may hide a message. */
  | { kind: 'long-timer'; index: number };

/** What a follow-up schedules. */
export type Scheduled =
  | { kind: 'timer'; id: number; index: number; fireAt: number; next: FollowUp | undefined }
  | { kind: 'action'; id: number; index: number; next: FollowUp }
  | { kind: 'poll'; id: number; index: number; location: string; next: FollowUp };

/** Longest timer that is made in one piece, and the pieces of longer ones: six and three days. */
export const LONGEST_TIMER_MS = 6 * 24 * 3600_000;
export const TIMER_PIECE_MS = 3 * 24 * 3600_000;
/** `defaultHttpAsyncRequestSleepTimeMillseconds` of the extension. */
export const DEFAULT_POLL_MS = 30_000;

/** The number of what ended; undefined for events that no number belongs to. */
export function endedId(event: HistoryEvent): number | undefined {
  if (event.EventType === EVENT.timerFired) return event['TimerId'] as number;
  return [5, 6, 8, 9].includes(event.EventType) ? (event['TaskScheduledId'] as number) : undefined;
}

/**
 * What follows on an event.
 * @param now time of the episode, in ms since 1970
 * @param nextId first free number
 */
export function followUp(
  event: HistoryEvent,
  plan: Pick<Plan, 'followUps'>,
  actions: readonly Action[],
  now: number,
  nextId: number,
): Scheduled | undefined {
  const pending = plan.followUps.get(endedId(event) ?? -1);
  const action = pending === undefined ? undefined : actions[pending.index];
  if (pending === undefined || action === undefined) return undefined;
  const { index } = pending;
  switch (pending.kind) {
    case 'attempt': {
      if (event.EventType !== EVENT.taskFailed && event.EventType !== EVENT.childFailed) return undefined;
      const { attempt, firstAt } = pending;
      const fireAt = now + backoff(action.retryOptions, attempt, now - firstAt);
      return {
        kind: 'timer',
        id: nextId,
        index,
        fireAt,
        next: { kind: 'backoff', index, attempt: attempt + 1, firstAt },
      };
    }
    case 'backoff':
      if (pending.attempt > (action.retryOptions?.maxNumberOfAttempts ?? 1)) return undefined;
      return { kind: 'action', id: nextId, index, next: { ...pending, kind: 'attempt' } };
    case 'http':
      return pollAgain(event, index, action, now, nextId);
    case 'poll':
      return {
        kind: 'poll',
        id: pending.httpId,
        index,
        location: pending.location,
        next: { kind: 'http', index },
      };
    case 'long-timer': {
      const due = Date.parse(action.fireAt ?? '');
      if (due <= now) return undefined;
      return { kind: 'timer', id: nextId, index, fireAt: pieceOf(due, now), next: { kind: 'long-timer', index } };
    }
  }
}

/** When a timer, or its next piece, fires. */
export function pieceOf(due: number, now: number): number {
  return due - now > LONGEST_TIMER_MS ? now + TIMER_PIECE_MS : due;
}

/** The wait after attempt number `attempt`, in ms; none when attempts or time are used up, as on the real host. */
function backoff(options: RetryOptions | undefined, attempt: number, elapsed: number): number {
  if (options === undefined || attempt >= options.maxNumberOfAttempts) return 0;
  if (elapsed >= (options.retryTimeoutInMilliseconds ?? Infinity)) return 0;
  const wait = options.firstRetryIntervalInMilliseconds * (options.backoffCoefficient ?? 1) ** (attempt - 1);
  return Math.min(wait, options.maxRetryIntervalInMilliseconds ?? Infinity);
}

function pollAgain(
  event: HistoryEvent,
  index: number,
  action: Action,
  now: number,
  nextId: number,
): Scheduled | undefined {
  if (event.EventType !== EVENT.taskCompleted || action.httpRequest?.asynchronousPatternEnabled !== true) {
    return undefined;
  }
  const answer = JSON.parse(event['Result'] as string) as { statusCode: number; headers: Record<string, string> };
  const header = (name: string): string | undefined =>
    Object.entries(answer.headers).find(([key]) => key.toLowerCase() === name)?.[1];
  const location = header('location');
  if (answer.statusCode !== 202 || location === undefined) return undefined;
  const seconds = Number(header('retry-after') ?? NaN);
  const fireAt = now + (Number.isFinite(seconds) ? seconds * 1000 : DEFAULT_POLL_MS);
  return { kind: 'timer', id: nextId, index, fireAt, next: { kind: 'poll', index, httpId: nextId + 1, location } };
}
