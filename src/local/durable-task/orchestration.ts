import { EVENT, historyEvent } from './history-event';
import type {
  Again,
  Created,
  Episode,
  HistoryEvent,
  Message,
  Orchestration,
  OrchestrationRecord,
  Plan,
  Rewound,
} from './model';

/** An instance as its first record makes it. */
export function newOrchestration(record: Created): Orchestration {
  const one: Orchestration = {
    kind: 'orchestration',
    id: record.id,
    executionId: record.executionId,
    name: record.name,
    version: record.version,
    input: record.input,
    shownInput: record.input,
    parent: record.parent,
    generation: record.generation,
    createdTime: record.at,
    lastUpdatedTime: record.at,
    status: 'Pending',
    output: null,
    customStatus: null,
    history: [],
    json: [],
    inbox: [],
    seen: new Set(record.messageId === null ? [] : [record.messageId]),
    outbox: new Map(),
    plan: emptyPlan(),
    busy: false,
  };
  one.inbox.push({ messageId: 'start', event: startedEvent(one, record.at, record.generation) });
  return one;
}

/** Applies a record to an instance, when it is written and when it is read again. */
export function applyRecord(one: Orchestration, record: OrchestrationRecord): void {
  switch (record.t) {
    case 'created':
      break;
    case 'inbox':
      one.seen.add(record.messageId);
      one.inbox.push({ messageId: record.messageId, event: record.event });
      break;
    case 'episode':
      applyEpisode(one, record);
      break;
    case 'again':
      applyAgain(one, record);
      break;
    case 'status':
      Object.assign(one, { status: record.status, output: record.output, lastUpdatedTime: record.at });
      one.history.push(...record.events);
      send(one, record.outbox);
      break;
    case 'rewound':
      applyRewound(one, record);
      break;
    case 'sent':
      for (const id of record.ids) one.outbox.delete(id);
  }
}

function applyEpisode(one: Orchestration, record: Episode): void {
  for (const event of record.events) one.history.push(event);
  const taken = new Set(record.taken);
  one.inbox = one.inbox.filter(({ messageId }) => !taken.has(messageId));
  const { status, output, customStatus, at } = record;
  Object.assign(one, { status, output, customStatus, lastUpdatedTime: at });
  const { plan } = one;
  plan.nextId = record.plan.nextId;
  for (const [index, id] of record.plan.ids) plan.ids[index] = id;
  for (const [id, next] of record.plan.followUps) plan.followUps.set(id, next);
  for (const id of record.plan.cancelled) plan.cancelled.add(id);
  plan.lockSet = record.plan.lockSet;
  plan.redo.clear();
  send(one, record.outbox);
}

function applyAgain(one: Orchestration, record: Again): void {
  const { executionId, input, customStatus, at } = record;
  Object.assign(one, { executionId, input, customStatus, status: 'Running', lastUpdatedTime: at });
  if (input !== null) one.shownInput = input;
  one.history = [];
  one.json = [];
  one.plan = emptyPlan();
  const taken = new Set(record.taken);
  const later = one.inbox.filter(
    ({ messageId, event }) => event.EventType === EVENT.eventRaised && !taken.has(messageId),
  );
  one.inbox = [{ messageId: `start-${executionId}`, event: startedEvent(one, at, null) }, ...later];
  send(one, record.outbox);
}

function applyRewound(one: Orchestration, record: Rewound): void {
  for (const place of record.blanked) {
    const event = one.history[place];
    if (event === undefined) continue;
    const { EventId, Timestamp, IsPlayed } = event;
    one.history[place] = { Data: null, EventType: EVENT.generic, EventId, IsPlayed, Timestamp };
  }
  one.json = [];
  for (const [index, id] of record.ids) one.plan.ids[index] = id;
  one.plan.nextId = record.nextId;
  one.plan.redo = new Set(record.redo);
  one.inbox.push({ messageId: record.messageId, event: record.event });
  Object.assign(one, { status: 'Running', output: null, lastUpdatedTime: record.at });
}

function send(one: Orchestration, messages: readonly Message[]): void {
  for (const message of messages) one.outbox.set(message.id, message);
}

function emptyPlan(): Plan {
  return { nextId: 0, ids: [], followUps: new Map(), redo: new Set(), cancelled: new Set(), lockSet: null };
}

/** The event that begins an execution; `generation` is null for one that another has continued as. */
function startedEvent(one: Orchestration, at: string, generation: number | null): HistoryEvent {
  const { parent } = one;
  return {
    OrchestrationInstance: { InstanceId: one.id, ExecutionId: one.executionId },
    ...historyEvent(EVENT.executionStarted),
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
    Generation: generation,
    GenerateNewTrace: false,
    Timestamp: at,
  };
}

/** Messages that give back every lock that an orchestration holds or has asked for. */
export function releaseAll(one: Orchestration, lockSet: readonly string[] | null): Message[] {
  return (lockSet ?? []).map((entity) => ({
    id: `${one.executionId}:release:${entity}`,
    to: entity,
    kind: 'operation',
    operation: {
      kind: 'release',
      id: `${one.executionId}:release`,
      name: '',
      input: null,
      isSignal: false,
      parent: one.id,
      parentExecution: one.executionId,
      lockSet: [],
    },
  }));
}
