import { startId, startedEvent } from './create-orchestration';
import { answeredId, EventType, historyEvent, isFailure, isIncoming } from './history-event';
import type { Orchestration } from './orchestration';
import type { EpisodeRecord, OrchestrationRecord, RenewedRecord } from './record';
import { applyRewind } from './rewind';

/** Folds one more record into the state of an instance; the state is changed in place. */
export function applyRecord(one: Orchestration, record: OrchestrationRecord): void {
  switch (record.t) {
    case 'created':
      throw new Error(`The journal of ${one.id} begins twice.`);
    case 'received':
      one.seen.add(record.messageId);
      one.inbox.push({ messageId: record.messageId, event: record.event });
      break;
    case 'episode':
      applyEpisode(one, record);
      break;
    case 'renewed':
      applyRenewal(one, record);
      break;
    case 'changed':
      one.status = record.status;
      one.output = record.output;
      one.lastUpdatedTime = record.at;
      one.history.push(...record.events);
      for (const message of record.outbox) one.outbox.set(message.id, message);
      if (record.status === 'Terminated') clearWork(one);
      break;
    case 'rewound':
      applyRewind(one, record);
      break;
    case 'sent':
      for (const id of record.ids) one.outbox.delete(id);
      break;
  }
}

function applyEpisode(one: Orchestration, record: EpisodeRecord): void {
  const entry = one.inbox.find(({ messageId }) => messageId === record.take);
  if (entry === undefined)
    throw new Error(`The journal of ${one.id} takes the event ${record.take}, which never came.`);
  one.inbox.splice(one.inbox.indexOf(entry), 1);
  // From the next episode on it counts as played; the SDK is told so through the history only.
  const taken = { ...entry.event, IsPlayed: isIncoming(entry.event) };
  one.history.push(historyEvent(EventType.OrchestratorStarted, record.startedAt), taken);
  one.history.push(...(record.scheduled ?? []), historyEvent(EventType.OrchestratorCompleted, record.endedAt));
  const answered = answeredId(entry.event);
  if (answered !== undefined) {
    const task = one.open.get(answered);
    one.open.delete(answered);
    if (task !== undefined) one.waitingForAll?.delete(task.slot);
    if (task !== undefined && isFailure(entry.event)) one.failed.set(answered, task);
  }
  for (const task of record.opened ?? []) one.open.set(task.id, task);
  for (const id of record.cancelled ?? []) one.open.delete(id);
  one.slots.push(...(record.slots ?? []));
  one.nextId = record.nextId ?? one.nextId;
  for (const [target, at] of record.sent ?? []) one.lastSent.set(target, at);
  if (record.locks !== undefined) one.locks = record.locks;
  if (record.customStatus !== undefined) one.customStatus = record.customStatus.value;
  if (record.outcome !== undefined) one.outcome = record.outcome;
  if (record.waitingForAll !== undefined) {
    one.waitingForAll = record.waitingForAll === null ? null : new Set(record.waitingForAll);
  }
  one.toRepeat = [];
  for (const message of record.outbox ?? []) one.outbox.set(message.id, message);
  one.lastUpdatedTime = record.endedAt;
  if (one.status === 'Pending') one.status = 'Running';
  if (record.end === undefined) return;
  one.status = record.end.status;
  one.output = record.end.output;
  one.history.push(record.end.event);
  clearWork(one);
}

function applyRenewal(one: Orchestration, record: RenewedRecord): void {
  // Events that were taken and not waited for are gone with the history; those that no episode has seen are kept.
  const kept = one.inbox.filter(({ event }) => event.EventType === EventType.EventRaised);
  clearWork(one);
  one.executionId = record.executionId;
  one.generation = null;
  one.input = record.input;
  one.shownInput = record.input ?? one.shownInput;
  one.customStatus = record.customStatus;
  one.history = [];
  one.slots = [];
  one.failed.clear();
  one.nextId = 0;
  one.status = 'Running';
  one.lastUpdatedTime = record.at;
  one.seen.clear();
  for (const { messageId } of kept) one.seen.add(messageId);
  one.inbox = [{ messageId: startId(one), event: startedEvent(one, record.at) }, ...kept];
  for (const message of record.outbox) one.outbox.set(message.id, message);
}

function clearWork(one: Orchestration): void {
  one.open.clear();
  one.toRepeat = [];
  one.lastSent.clear();
  one.locks = null;
  one.outcome = null;
  one.waitingForAll = null;
}
