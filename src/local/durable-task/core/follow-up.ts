import type { EpisodeDraft } from './episode-draft';
import { answeredId, isFailure, timestampOf, type HistoryEvent } from './history-event';
import { openTask, openTimer } from './open-task';
import type { Task, TaskWork } from './orchestration';
import type { RetryOptions } from './sdk-action';

/**
 * What the host itself schedules because of an incoming event: retries and their timers, polls, the rest of a long timer.
 * The SDK numbers these as it replays the event, so before anything that the orchestrator schedules next.
 * @returns whether the event ended what the orchestrator asked for (else the orchestrator hears nothing of it).
 */
export function followUp(draft: EpisodeDraft, event: HistoryEvent): boolean {
  const id = answeredId(event);
  const task = id === undefined ? undefined : draft.one.open.get(id);
  if (task === undefined) return true;
  if (task.kind === 'timer') return afterTimer(draft, task);
  if (isFailure(event)) return afterFailure(draft, task);
  return task.kind === 'http' ? afterHttpAnswer(draft, task, event) : true;
}

function afterTimer(draft: EpisodeDraft, { slot, then }: Task & { kind: 'timer' }): boolean {
  switch (then.do) {
    case 'nothing':
      return true;
    case 'retry':
      openTask(draft, slot, then.work);
      return false;
    case 'poll':
      openTask(draft, slot, then.work, then.id);
      return false;
    case 'wait-on': {
      const ended = Date.parse(then.until) <= Date.parse(draft.startedAt);
      if (!ended) openTimer(draft, slot, then.until);
      return ended;
    }
  }
}

function afterFailure(draft: EpisodeDraft, { id: _, slot, ...work }: Task): boolean {
  if ((work.kind !== 'activity' && work.kind !== 'child') || work.retry === undefined) return true;
  const until = timestampOf(Date.parse(draft.startedAt) + retryDelay(work.retry, work.attempt));
  const isLast = work.attempt >= work.retry.maxNumberOfAttempts;
  // After the last attempt too: the SDK lets the error surface only when that timer has fired.
  openTimer(
    draft,
    slot,
    until,
    isLast ? { do: 'nothing' } : { do: 'retry', work: { ...work, attempt: work.attempt + 1 } },
  );
  return false;
}

/** Milliseconds from the given attempt's failure to the next attempt. */
export function retryDelay(retry: RetryOptions, attempt: number): number {
  const delay = retry.firstRetryIntervalInMilliseconds * (retry.backoffCoefficient ?? 1) ** (attempt - 1);
  return Math.min(delay, retry.maxRetryIntervalInMilliseconds ?? Infinity);
}

function afterHttpAnswer(draft: EpisodeDraft, task: Task & { kind: 'http' }, event: HistoryEvent): boolean {
  if (task.request.asynchronousPatternEnabled !== true) return true;
  const answer = JSON.parse(event['Result'] as string) as { statusCode: number; headers: Record<string, string> };
  const header = (name: string): string | undefined =>
    Object.entries(answer.headers).find(([key]) => key.toLowerCase() === name)?.[1];
  const location = header('location');
  if (answer.statusCode !== 202 || location === undefined || location === '') return true;
  const seconds = Number(header('retry-after') ?? Number.NaN);
  const delay = Number.isFinite(seconds) ? seconds * 1000 : draft.around.httpPollMs;
  const { content: _, ...request } = task.request;
  const work: TaskWork = { kind: 'http', request: { ...request, method: 'GET', uri: location } };
  // The SDK takes the numbers of the timer and of the next request at the same moment.
  const id = draft.nextId + 1;
  openTimer(draft, task.slot, timestampOf(Date.parse(draft.startedAt) + delay), { do: 'poll', id, work });
  draft.nextId = id + 1;
  return false;
}
