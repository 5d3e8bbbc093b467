import type { Entity, EntityRecord, QueuedMessage } from './entity';
import { entityId } from './entity-id';
import { answerText } from './entity-requests';
import { EventType, historyEvent } from './history-event';
import type { EntityMessage, Message } from './message';

type Operation = EntityMessage & { kind: 'operation' };

/** What an entity does next, in the order of its queue. */
export interface EntityTurn {
  /** Messages that the turn takes. */
  readonly take: readonly QueuedMessage[];
  /** Operations among them, for the entity function. */
  readonly operations: readonly Operation[];
  /** Who holds the lock afterwards. */
  readonly lockedBy: string | null;
  readonly outbox: readonly Message[];
}

/** What the SDK answers to a batch. */
export interface BatchAnswer {
  readonly results: readonly { readonly isError: boolean; readonly result?: string }[];
  readonly entityExists: boolean;
  readonly entityState?: string | null;
  readonly signals?: readonly {
    readonly target: { readonly name: string; readonly key: string };
    readonly name: string;
    readonly input: string;
  }[];
}

/**
 * Takes from the queue what may run now. While an orchestration holds the lock, only its own messages pass; a lock
 * request is granted when it is its turn, and goes on to the next entity of its set.
 */
export function nextTurn(one: Entity, now: string): EntityTurn {
  const take: QueuedMessage[] = [];
  const operations: Operation[] = [];
  const outbox: Message[] = [];
  let { lockedBy } = one;
  for (const queued of one.queue) {
    const { message } = queued;
    if (message.kind === 'release') {
      if (lockedBy === message.caller) lockedBy = null;
      take.push(queued);
      // What had to wait comes before what comes later.
      break;
    } else if (lockedBy !== null && message.caller !== lockedBy) {
      continue;
    } else if (message.kind === 'lock') {
      lockedBy = message.caller;
      outbox.push(afterLock(message, now));
    } else {
      operations.push(message);
    }
    take.push(queued);
  }
  return { take, operations, lockedBy, outbox };
}

function afterLock(message: EntityMessage & { kind: 'lock' }, now: string): Message {
  const position = message.position + 1;
  const next = message.entities[position];
  if (next === undefined)
    return answer(message.id, message.caller, answerText('Lock Acquisition Completed', false), now);
  return { id: `lock:${message.id}:${position}`, to: next, kind: 'entity', message: { ...message, position } };
}

/** Turns the answer of the entity function into a record; undefined where the turn had no operations. */
export function decideBatch(
  one: Entity,
  turn: EntityTurn,
  batch: BatchAnswer | undefined,
  now: string,
  newGuid: () => string,
): Extract<EntityRecord, { t: 'batch' }> {
  const replies = turn.operations.flatMap((operation, index): Message[] => {
    const result = batch?.results[index];
    if (operation.caller === null || result === undefined) return [];
    return [answer(operation.id, operation.caller, answerText(result.result, result.isError), now)];
  });
  const signals = (batch?.signals ?? []).map((signal): Message => {
    const id = newGuid();
    const input = signal.input === '' ? null : signal.input;
    const message = { kind: 'operation', id, name: signal.name, input, isSignal: true, caller: null } as const;
    return { id, to: entityId(`@${signal.target.name}@${signal.target.key}`), kind: 'entity', message };
  });
  const exists = batch?.entityExists ?? one.exists;
  return {
    t: 'batch',
    take: turn.take.map(({ messageId }) => messageId),
    exists,
    state: batch === undefined ? one.state : exists ? (batch.entityState ?? null) : null,
    lockedBy: turn.lockedBy,
    outbox: [...turn.outbox, ...replies, ...signals],
    at: now,
  };
}

function answer(id: string, to: string, input: string, now: string): Message {
  const event = historyEvent(EventType.EventRaised, now, { Name: id, Input: input, ParentTraceContext: null });
  return { id: `answer:${id}`, to, kind: 'event', event };
}
