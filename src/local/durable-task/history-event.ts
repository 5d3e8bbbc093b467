import type { HistoryEvent } from './model';

/** Numbers of `EventType` in DurableTask.Core. */
export const EVENT = {
  executionStarted: 0,
  executionCompleted: 1,
  executionTerminated: 3,
  taskScheduled: 4,
  taskCompleted: 5,
  taskFailed: 6,
  childCreated: 7,
  childCompleted: 8,
  childFailed: 9,
  timerCreated: 10,
  timerFired: 11,
  orchestratorStarted: 12,
  orchestratorCompleted: 13,
  eventSent: 14,
  eventRaised: 15,
  generic: 17,
  suspended: 19,
  resumed: 20,
} as const;

/** What came in from outside; only these are ever marked as played. */
const INCOMING: ReadonlySet<number> = new Set([0, 5, 6, 8, 9, 11, 15, 17]);

/** Whether an event came in, as against one that the orchestration made. */
export function isIncoming({ EventType, EventId }: HistoryEvent): boolean {
  return INCOMING.has(EventType) && EventId === -1;
}

/** The present, in the extension's form: seven digits of a second. */
export function timestamp(ms: number = Date.now()): string {
  return new Date(ms).toISOString().replace('Z', '0000Z');
}

/** A history event of now. */
export function historyEvent(EventType: number, more: Readonly<Record<string, unknown>> = {}): HistoryEvent {
  return { EventType, EventId: -1, IsPlayed: false, Timestamp: timestamp(), ...more };
}

/** Ids whose end is in the history. */
export function endedIds(history: readonly HistoryEvent[]): { tasks: Set<number>; timers: Set<number> } {
  const tasks = new Set<number>();
  const timers = new Set<number>();
  for (const one of history) {
    if ([5, 6, 8, 9].includes(one.EventType)) tasks.add(one['TaskScheduledId'] as number);
    if (one.EventType === EVENT.timerFired) timers.add(one['TimerId'] as number);
  }
  return { tasks, timers };
}

/** Activities, children and timers that were scheduled and have not ended. */
export function outstanding(history: readonly HistoryEvent[], cancelled: ReadonlySet<number>): HistoryEvent[] {
  const ended = endedIds(history);
  return history.filter(
    ({ EventType, EventId }) =>
      ((EventType === EVENT.taskScheduled || EventType === EVENT.childCreated) && !ended.tasks.has(EventId)) ||
      (EventType === EVENT.timerCreated && !ended.timers.has(EventId) && !cancelled.has(EventId)),
  );
}
