import type { EpisodeDraft } from './episode-draft';
import { EventType, historyEvent, timestampOf } from './history-event';
import type { AfterTimer, Task, TaskWork } from './orchestration';

/** Name under which the history shows the extension's own HTTP activity. */
export const HTTP_ACTIVITY = 'BuiltIn::HttpActivity';

/** The longest that one timer lasts, and the pieces that longer ones are cut into; the SDK is told both. */
export const TIMER_LIMITS = { longestMs: 6 * 24 * 3600_000, pieceMs: 3 * 24 * 3600_000 } as const;

/** Schedules work under a sequence number, the next one by default. */
export function openTask(draft: EpisodeDraft, slot: number, work: TaskWork, id = draft.nextId++): Task {
  const { one, around } = draft;
  const task: Task = { id, slot, ...work };
  draft.opened.push(task);
  switch (work.kind) {
    case 'activity':
    case 'http':
      draft.scheduled.push(
        historyEvent(EventType.TaskScheduled, around.now, {
          Name: work.kind === 'http' ? HTTP_ACTIVITY : work.name,
          Version: '',
          Input: null,
          ParentTraceContext: null,
          Tags: null,
          EventId: id,
        }),
      );
      break;
    case 'timer':
      draft.scheduled.push(historyEvent(EventType.TimerCreated, around.now, { FireAt: work.fireAt, EventId: id }));
      break;
    case 'child': {
      const childId = work.instanceId ?? `${one.executionId}:${id}`;
      draft.scheduled.push(
        historyEvent(EventType.SubOrchestrationInstanceCreated, around.now, {
          Name: work.name,
          Version: work.version,
          InstanceId: childId,
          Input: null,
          ClientSpanId: null,
          Tags: null,
          EventId: id,
        }),
      );
      draft.outbox.push({
        id: `${one.executionId}:start:${id}`,
        to: childId,
        kind: 'start',
        name: work.name,
        version: work.version,
        input: work.input,
        parent: {
          name: one.name,
          instanceId: one.id,
          executionId: one.executionId,
          taskId: id,
          version: one.version,
        },
      });
      break;
    }
  }
  return task;
}

/** Schedules a timer; one that is too long for one timer goes on by itself. */
export function openTimer(
  draft: EpisodeDraft,
  slot: number,
  until: string,
  then: AfterTimer = { do: 'nothing' },
): Task {
  const start = Date.parse(draft.startedAt);
  const isLong = Date.parse(until) - start > TIMER_LIMITS.longestMs;
  const work: TaskWork = isLong
    ? { kind: 'timer', fireAt: timestampOf(start + TIMER_LIMITS.pieceMs), then: { do: 'wait-on', until } }
    : { kind: 'timer', fireAt: until, then };
  return openTask(draft, slot, work);
}
