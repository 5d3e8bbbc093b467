import { parseEntityId, responseMessage } from './entity-messages';
import { EVENT, historyEvent, timestamp } from './history-event';
import type { Entity, EntityRecord, Message, Operation } from './model';

/** An operation that waits for its entity. */
export type Queued = Entity['queue'][number];

/** What an entity does next. */
export type EntityStep =
  { kind: 'run'; operations: Queued[] } | { kind: 'lock'; request: Queued } | { kind: 'release'; request: Queued };

/** The entity function's answer to a batch. */
export interface BatchResult {
  results: { isError: boolean; result?: string }[];
  signals: { target: { name: string; key: string }; name: string; input?: string }[];
  exists: boolean;
  state: string | null;
}

export function newEntity(id: string): Entity {
  return {
    kind: 'entity',
    id,
    exists: false,
    state: null,
    lockedBy: null,
    queue: [],
    seen: new Set(),
    outbox: new Map(),
    lastUpdatedTime: timestamp(),
    busy: false,
  };
}

/** Applies a record to an entity, when it is written and when it is read again. */
export function applyEntityRecord(one: Entity, record: EntityRecord): void {
  if (record.t === 'operation') {
    one.seen.add(record.messageId);
    one.queue.push({ messageId: record.messageId, operation: record.operation });
  } else if (record.t === 'batch') {
    const taken = new Set(record.taken);
    one.queue = one.queue.filter(({ messageId }) => !taken.has(messageId));
    const { exists, state, lockedBy, at } = record;
    Object.assign(one, { exists, state, lockedBy, lastUpdatedTime: at });
    for (const message of record.outbox) one.outbox.set(message.id, message);
  } else if (record.t === 'sent') for (const sent of record.ids) one.outbox.delete(sent);
}

/**
 * What an entity does next: while it is locked only its holder gets through; a lock is given in the order of asking.
 * @returns undefined where nothing can be done now
 */
export function nextStep(one: Pick<Entity, 'queue' | 'lockedBy'>): EntityStep | undefined {
  const release = one.queue.find(({ operation }) => operation.kind === 'release');
  if (release !== undefined) return { kind: 'release', request: release };
  if (one.lockedBy !== null) {
    const own = one.queue.filter(({ operation }) => operation.parentExecution === one.lockedBy);
    return own.length === 0 ? undefined : { kind: 'run', operations: own };
  }
  const lock = one.queue.findIndex(({ operation }) => operation.kind === 'lock');
  const first = one.queue[0];
  if (first === undefined) return undefined;
  if (lock === 0) return { kind: 'lock', request: first };
  return { kind: 'run', operations: lock < 0 ? [...one.queue] : one.queue.slice(0, lock) };
}

/** Gives a lock: to the next entity of the set, or to the orchestration where this is the last one. */
export function grantLock(one: Entity, { messageId, operation }: Queued): EntityRecord {
  const next = operation.lockSet[operation.lockSet.indexOf(one.id) + 1];
  const outbox: Message[] =
    next === undefined
      ? reply(operation, 'Lock Acquisition Completed', false)
      : [{ id: `${operation.id}:${next}`, to: next, kind: 'operation', operation }];
  return record([messageId], { exists: one.exists, state: one.state }, outbox, operation.parentExecution);
}

/** Takes a lock back from its holder; from anybody else it changes nothing. */
export function releaseLock(one: Entity, { messageId, operation }: Queued): EntityRecord {
  const lockedBy = operation.parentExecution === one.lockedBy ? null : one.lockedBy;
  return record([messageId], { exists: one.exists, state: one.state }, [], lockedBy);
}

/** Drops a request whose sender has ended. */
export function dropRequest(one: Entity, { messageId }: Queued): EntityRecord {
  return record([messageId], { exists: one.exists, state: one.state }, [], one.lockedBy);
}

/** State, answers and signals after a batch. */
export function concludeBatch(
  one: Entity,
  operations: readonly Queued[],
  answer: BatchResult,
  newId: () => string,
): EntityRecord {
  const replies = operations.flatMap(({ operation }, index) => {
    const result = answer.results[index];
    return result === undefined ? [] : reply(operation, result.result, result.isError);
  });
  const signals = answer.signals.map((signal): Message => {
    const operation: Operation = {
      kind: 'operation',
      id: newId(),
      name: signal.name,
      input: signal.input ?? null,
      isSignal: true,
      parent: null,
      parentExecution: null,
      lockSet: [],
    };
    return { id: operation.id, to: `@${signal.target.name}@${signal.target.key}`, kind: 'operation', operation };
  });
  const taken = operations.map(({ messageId }) => messageId);
  return record(taken, answer, [...replies, ...signals], one.lockedBy);
}

/** Input of the entity trigger as JSON text. */
export function entityPayload(one: Entity, operations: readonly Queued[]): string {
  const batch = operations.map(({ operation: { name, input, isSignal, id } }) => ({ name, input, isSignal, id }));
  return JSON.stringify({ self: parseEntityId(one.id), exists: one.exists, state: one.state, batch });
}

function record(
  taken: string[],
  { exists, state }: { exists: boolean; state: string | null },
  outbox: Message[],
  lockedBy: string | null,
): EntityRecord {
  return { t: 'batch', taken, exists, state: exists ? state : null, lockedBy, outbox, at: timestamp() };
}

function reply(operation: Operation, result: string | undefined, isError: boolean): Message[] {
  if (operation.parent === null || operation.isSignal) return [];
  const Input = responseMessage(result, isError);
  const event = historyEvent(EVENT.eventRaised, { Name: operation.id, Input, ParentTraceContext: null });
  return [
    { id: `reply:${operation.id}`, to: operation.parent, kind: 'event', event, execution: operation.parentExecution },
  ];
}
