import { EventType, historyEvent, isFailure, type HistoryEvent } from './history-event';
import type { Orchestration } from './orchestration';

/** What a rewind does again. */
export interface Rewind {
  /** The history with what failed last, and the end, blanked out. */
  readonly history: HistoryEvent[];
  /** Sequence numbers of the activities to run again. */
  readonly activities: readonly number[];
  /** Failed children, which are rewound in their turn: sequence number and instance id. */
  readonly children: readonly { readonly id: number; readonly instanceId: string }[];
  /** Numbers of the timers that only kept the last error of retried tasks back. */
  readonly timers: readonly number[];
}

const SCHEDULED: ReadonlySet<number> = new Set([4, 7, 10, 14]);

/** Blanks out the failures that the orchestration never got past: those after the last thing that it scheduled. */
export function planRewind(history: readonly HistoryEvent[]): Rewind {
  // A timer right after a failure is the host's own; where nothing came after it, it followed the last attempt.
  const isKeepingBack = (event: HistoryEvent, index: number): boolean => {
    const before = history[index - 1];
    return event.EventType === EventType.TimerCreated && before !== undefined && isFailure(before);
  };
  const last = history.findLastIndex((event, index) => SCHEDULED.has(event.EventType) && !isKeepingBack(event, index));
  const tail = history.slice(last + 1);
  const failed = new Set(tail.filter(isFailure).map((event) => event['TaskScheduledId'] as number));
  const timers = tail.filter(({ EventType: type }) => type === EventType.TimerCreated).map(({ EventId }) => EventId);
  const activities: number[] = [];
  const children: { id: number; instanceId: string }[] = [];
  const rewound = history.map((event, index): HistoryEvent => {
    if (event.EventType === EventType.SubOrchestrationInstanceCreated && failed.has(event.EventId)) {
      children.push({ id: event.EventId, instanceId: event['InstanceId'] as string });
      return event;
    }
    const isRepeated = event.EventType === EventType.TaskScheduled && failed.has(event.EventId);
    if (isRepeated) activities.push(event.EventId);
    const isInTail = index > last && (isFailure(event) || event.EventType === 10 || event.EventType === 11);
    if (!isRepeated && !isInTail && event.EventType !== EventType.ExecutionCompleted) return event;
    const blank = historyEvent(EventType.GenericEvent, event.Timestamp, { Data: null, EventId: event.EventId });
    return { ...blank, IsPlayed: event.IsPlayed };
  });
  return { history: rewound, activities, children, timers };
}

/** Sets a failed instance running again from the failure; what to repeat is scheduled by the next episode. */
export function applyRewind(one: Orchestration, record: { readonly at: string; readonly event: HistoryEvent }): void {
  const { history, activities, children, timers } = planRewind(one.history);
  one.history = history;
  one.toRepeat = activities.flatMap((id) => one.failed.get(id) ?? []);
  for (const { id } of children) {
    const task = one.failed.get(id);
    if (task !== undefined) one.open.set(id, task);
  }
  // The SDK will number the timers anew.
  while (timers.includes(one.nextId - 1)) one.nextId -= 1;
  one.failed.clear();
  one.status = 'Running';
  one.output = null;
  one.outcome = null;
  one.lastUpdatedTime = record.at;
  one.inbox = [{ messageId: `rewind:${record.at}`, event: record.event }];
}
