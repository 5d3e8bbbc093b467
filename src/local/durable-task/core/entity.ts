import type { EntityMessage, Message } from './message';

/** An entity: the fold of its journal. */
export interface Entity {
  readonly id: string;
  exists: boolean;
  /** JSON text. */
  state: string | null;
  /** Instance that holds the lock. */
  lockedBy: string | null;
  queue: QueuedMessage[];
  /** Ids of messages that came in, oldest first, so that a second delivery is recognised. */
  readonly seen: Set<string>;
  readonly outbox: Map<string, Message>;
  lastOperationTime: string;
}

/** A message that no batch has taken yet. */
export interface QueuedMessage {
  readonly messageId: string;
  readonly message: EntityMessage;
}

/** A record of an entity's journal. */
export type EntityRecord =
  | { readonly t: 'entity'; readonly id: string; readonly at: string }
  | { readonly t: 'queued'; readonly messageId: string; readonly message: EntityMessage }
  | {
      readonly t: 'batch';
      readonly take: readonly string[];
      readonly exists: boolean;
      readonly state: string | null;
      readonly lockedBy: string | null;
      readonly outbox: readonly Message[];
      readonly at: string;
    }
  | { readonly t: 'sent'; readonly ids: readonly string[] };

/** A second delivery follows a crash of the host, so only the latest messages can come twice. */
const REMEMBERED = 2000;

/** An entity that nobody has sent anything to. */
export function createEntity(id: string, at: string): Entity {
  return {
    id,
    exists: false,
    state: null,
    lockedBy: null,
    queue: [],
    seen: new Set(),
    outbox: new Map(),
    lastOperationTime: at,
  };
}

/** Folds one more record into the state of an entity; the state is changed in place. */
export function applyEntityRecord(one: Entity, record: EntityRecord): void {
  switch (record.t) {
    case 'entity':
      throw new Error(`The journal of ${one.id} begins twice.`);
    case 'queued':
      one.seen.add(record.messageId);
      if (one.seen.size > REMEMBERED) forgetOldest(one.seen);
      one.queue.push({ messageId: record.messageId, message: record.message });
      break;
    case 'batch': {
      const taken = new Set(record.take);
      one.queue = one.queue.filter(({ messageId }) => !taken.has(messageId));
      one.exists = record.exists;
      one.state = record.state;
      one.lockedBy = record.lockedBy;
      one.lastOperationTime = record.at;
      for (const message of record.outbox) one.outbox.set(message.id, message);
      break;
    }
    case 'sent':
      for (const id of record.ids) one.outbox.delete(id);
      break;
  }
}

function forgetOldest(seen: Set<string>): void {
  const [oldest] = seen;
  if (oldest !== undefined) seen.delete(oldest);
}
