import { EVENT, historyEvent, timestamp } from './history-event';
import type { HistoryEvent, Orchestration, Rewound } from './model';

/**
 * Takes the failures out of a failed orchestration, so that what failed is done again. As on the real host they stay in
 * the history as empty generic events. Of a retried activity only the last attempt is done again.
 * @param messageId id of the message that wakes the orchestration
 */
export function rewindRecord(one: Orchestration, reason: string, messageId: string): Rewound {
  const { history, plan } = one;
  const failedTasks = new Set(idsOf(history, EVENT.taskFailed).filter((id) => isLast(one, id)));
  const failedChildren = new Set(idsOf(history, EVENT.childFailed));
  const waits = new Set<number>();
  const ids: [number, number][] = [];
  for (const id of failedTasks) {
    const attempt = plan.followUps.get(id);
    if (attempt?.kind !== 'attempt') continue;
    const wait = plan.ids[attempt.index];
    if (wait === undefined || wait === id) continue;
    // The wait after the last attempt goes too; its number is free again.
    waits.add(wait);
    ids.push([attempt.index, id]);
  }
  const goes = (event: HistoryEvent): boolean => {
    const task = event['TaskScheduledId'] as number;
    switch (event.EventType) {
      case EVENT.executionCompleted:
        return true;
      case EVENT.taskScheduled:
        return failedTasks.has(event.EventId);
      case EVENT.taskFailed:
        return failedTasks.has(task);
      case EVENT.childFailed:
        return failedChildren.has(task);
      case EVENT.timerCreated:
        return waits.has(event.EventId);
      case EVENT.timerFired:
        return waits.has(event['TimerId'] as number);
      default:
        return false;
    }
  };
  const kept = history.filter((event) => !goes(event)).map(({ EventId }) => EventId);
  return {
    t: 'rewound',
    blanked: history.flatMap((event, place) => (goes(event) ? [place] : [])),
    redo: [...failedTasks],
    ids,
    nextId: Math.max(-1, ...kept, ...failedTasks) + 1,
    event: historyEvent(EVENT.generic, { Data: reason }),
    messageId,
    at: timestamp(),
  };
}

/** Sub-orchestrations that have failed and are to be rewound with their parent. */
export function failedChildren(one: Orchestration): string[] {
  const failed = new Set(idsOf(one.history, EVENT.childFailed));
  return one.history.flatMap((event) =>
    event.EventType === EVENT.childCreated && failed.has(event.EventId) ? [event['InstanceId'] as string] : [],
  );
}

function idsOf(history: readonly HistoryEvent[], type: number): number[] {
  return history.filter(({ EventType }) => EventType === type).map((event) => event['TaskScheduledId'] as number);
}

/** Whether no later attempt has taken the place of this one. */
function isLast({ plan }: Orchestration, id: number): boolean {
  const attempt = plan.followUps.get(id);
  if (attempt?.kind !== 'attempt') return true;
  return ![...plan.followUps].some(
    ([other, next]) => other > id && next.kind === 'attempt' && next.index === attempt.index,
  );
}
