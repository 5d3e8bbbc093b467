import type { FollowUp } from './follow-ups';

/** A history event as the extension gives it to the SDK; numbers of `EventType` are in `history-event.ts`. */
export interface HistoryEvent {
  EventType: number;
  EventId: number;
  IsPlayed: boolean;
  /** ISO 8601 with seven digits of a second, UTC. */
  Timestamp: string;
  [member: string]: unknown;
}

/** The orchestration that waits for a sub-orchestration. */
export interface Parent {
  name: string;
  instanceId: string;
  executionId: string;
  taskId: number;
  version: string | null;
}

/** One operation for an entity, or one step of a lock. */
export interface Operation {
  kind: 'operation' | 'lock' | 'release';
  /** Id of the request, under which the answer is raised. */
  id: string;
  name: string;
  /** JSON text. */
  input: string | null;
  isSignal: boolean;
  /** Orchestration that waits for the answer or holds the lock; null for signals from outside. */
  parent: string | null;
  parentExecution: string | null;
  /** Ids of all entities of a lock, sorted. */
  lockSet: string[];
}

/** A message from one instance to another; `id` makes its delivery idempotent. */
export type Message = { id: string; to: string } & (
  | {
      kind: 'event';
      event: HistoryEvent;
      /** Execution it is meant for; another one drops it. Null for any. */
      execution: string | null;
    }
  | { kind: 'start'; name: string; version: string | null; input: string | null; parent: Parent }
  | { kind: 'operation'; operation: Operation }
);

export type RuntimeStatus = 'Pending' | 'Running' | 'Completed' | 'Failed' | 'Terminated' | 'Suspended';

/** What the host remembers of the SDK's action list between episodes. */
export interface Plan {
  /** Next sequence number. */
  nextId: number;
  /** Event id of each action that is scheduled, by its place in the list; -1 for actions without one. */
  ids: number[];
  /** What happens when the event of an id comes: next attempts, polls, the rest of a long timer. */
  followUps: Map<number, FollowUp>;
  /** Numbers that a rewind took back, to be scheduled again. */
  redo: Set<number>;
  /** Timers that the orchestrator has cancelled. */
  cancelled: Set<number>;
  /** Entities that are locked or asked for. */
  lockSet: string[] | null;
}

/** Changes of a plan in one episode. */
export interface PlanChange {
  nextId: number;
  /** Place in the action list and event id. */
  ids: [index: number, id: number][];
  followUps: [id: number, next: FollowUp][];
  cancelled: number[];
  lockSet: string[] | null;
}

export interface Waiting {
  messageId: string;
  event: HistoryEvent;
}

export interface Created {
  t: 'created';
  id: string;
  executionId: string;
  name: string;
  version: string | null;
  input: string | null;
  parent: Parent | null;
  generation: number;
  at: string;
  messageId: string | null;
}

export interface Episode {
  t: 'episode';
  events: HistoryEvent[];
  /** Ids of the messages that came in. */
  taken: string[];
  status: RuntimeStatus;
  output: string | null;
  customStatus: unknown;
  outbox: Message[];
  plan: PlanChange;
  at: string;
}

/** A further life of the instance, after continue-as-new. */
export interface Again {
  t: 'again';
  /** Ids of the messages that came in; they are gone with the history, unlike those that came since. */
  taken: string[];
  executionId: string;
  input: string | null;
  customStatus: unknown;
  outbox: Message[];
  at: string;
}

export interface Rewound {
  t: 'rewound';
  /** Places in the history that become empty generic events. */
  blanked: number[];
  /** Numbers that are scheduled again. */
  redo: number[];
  /** Place in the action list and the number that counts again. */
  ids: [index: number, id: number][];
  nextId: number;
  event: HistoryEvent;
  messageId: string;
  at: string;
}

/** Records of an orchestration's journal. */
export type OrchestrationRecord =
  | Created
  | { t: 'inbox'; messageId: string; event: HistoryEvent }
  | Episode
  | Again
  | { t: 'status'; status: RuntimeStatus; output: string | null; outbox: Message[]; events: HistoryEvent[]; at: string }
  | Rewound
  | { t: 'sent'; ids: string[] };

/** Records of an entity's journal. */
export type EntityRecord =
  | { t: 'entity'; id: string }
  | { t: 'operation'; messageId: string; operation: Operation }
  | {
      t: 'batch';
      taken: string[];
      exists: boolean;
      state: string | null;
      lockedBy: string | null;
      outbox: Message[];
      at: string;
    }
  | { t: 'sent'; ids: string[] };

export interface Orchestration {
  readonly kind: 'orchestration';
  readonly id: string;
  executionId: string;
  readonly name: string;
  readonly version: string | null;
  /** JSON text of this execution. */
  input: string | null;
  /** Input that the status shows: a life without input leaves that of the one before. */
  shownInput: string | null;
  readonly parent: Parent | null;
  readonly generation: number;
  readonly createdTime: string;
  lastUpdatedTime: string;
  status: RuntimeStatus;
  output: string | null;
  customStatus: unknown;
  history: HistoryEvent[];
  /** The history as JSON, one text per event, as far as it has been written; see `payload.ts`. */
  json: string[];
  inbox: Waiting[];
  readonly seen: Set<string>;
  readonly outbox: Map<string, Message>;
  plan: Plan;
  busy: boolean;
}

export interface Entity {
  readonly kind: 'entity';
  /** `@name@key`, the name in lower case. */
  readonly id: string;
  exists: boolean;
  /** JSON text. */
  state: string | null;
  /** Execution of the orchestration that holds the lock. */
  lockedBy: string | null;
  queue: { messageId: string; operation: Operation }[];
  readonly seen: Set<string>;
  readonly outbox: Map<string, Message>;
  lastUpdatedTime: string;
  busy: boolean;
}

/** Whether an instance has ended for good. */
export function isTerminal(status: RuntimeStatus): boolean {
  return status === 'Completed' || status === 'Failed' || status === 'Terminated';
}
