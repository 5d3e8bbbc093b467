import { EventType, historyEvent, type HistoryEvent } from './history-event';
import type { Orchestration } from './orchestration';
import type { CreatedRecord } from './record';

/** An instance that nothing has happened to yet: its start waits in the inbox. */
export function createOrchestration(record: CreatedRecord): Orchestration {
  const one: Orchestration = {
    id: record.id,
    executionId: record.executionId,
    generation: record.generation,
    name: record.name,
    version: record.version,
    input: record.input,
    shownInput: record.input,
    parent: record.parent,
    createdTime: record.at,
    lastUpdatedTime: record.at,
    status: 'Pending',
    output: null,
    customStatus: null,
    history: [],
    inbox: [],
    seen: new Set(record.messageId === null ? [] : [record.messageId]),
    outbox: new Map(),
    slots: [],
    open: new Map(),
    nextId: 0,
    failed: new Map(),
    toRepeat: [],
    lastSent: new Map(),
    locks: null,
    outcome: null,
    waitingForAll: null,
  };
  one.inbox.push({ messageId: startId(one), event: startedEvent(one, record.at) });
  return one;
}

/** Id of the message that starts the current life of an instance. */
export function startId({ executionId }: Orchestration): string {
  return `start:${executionId}`;
}

/** The ExecutionStarted event of the current life. */
export function startedEvent(one: Orchestration, at: string): HistoryEvent {
  const { parent } = one;
  return historyEvent(EventType.ExecutionStarted, at, {
    OrchestrationInstance: { InstanceId: one.id, ExecutionId: one.executionId },
    ParentInstance:
      parent === null
        ? null
        : {
            Name: parent.name,
            OrchestrationInstance: { InstanceId: parent.instanceId, ExecutionId: parent.executionId },
            TaskScheduleId: parent.taskId,
            Version: parent.version,
          },
    Name: one.name,
    Version: one.version ?? '',
    Input: one.input,
    Tags: null,
    Correlation: null,
    ParentTraceContext: null,
    ScheduledStartTime: null,
    Generation: one.generation,
    GenerateNewTrace: false,
  });
}
