import type { HistoryEvent } from './history-event';
import type { Message, Parent } from './message';
import type { HttpRequest, RetryOptions } from './sdk-action';

/** States of an instance, as the management API names them. */
export type RuntimeStatus = 'Pending' | 'Running' | 'Completed' | 'Failed' | 'Terminated' | 'Suspended';

/** Something scheduled that has not ended. */
export type Task = { readonly id: number; readonly slot: number } & TaskWork;

/** What a task does. */
export type TaskWork =
  | ({ readonly kind: 'activity'; readonly name: string; readonly input: string | null } & Attempts)
  | ({
      readonly kind: 'child';
      readonly name: string;
      readonly input: string | null;
      readonly version: string | null;
      /** Undefined where the orchestrator gave no id. */
      readonly instanceId: string | undefined;
    } & Attempts)
  | { readonly kind: 'http'; readonly request: HttpRequest }
  | { readonly kind: 'timer'; readonly fireAt: string; readonly then: AfterTimer };

interface Attempts {
  readonly retry?: RetryOptions;
  /** 1 for the first one. */
  readonly attempt: number;
}

/** What the host does when a timer fires, besides telling the orchestrator. */
export type AfterTimer =
  | { readonly do: 'nothing' }
  /** Starts the next attempt. */
  | { readonly do: 'retry'; readonly work: TaskWork }
  /** Asks again where a 202 pointed; `id` was reserved together with the timer's. */
  | { readonly do: 'poll'; readonly id: number; readonly work: TaskWork }
  /** Goes on waiting: the timer is longer than one timer may be. */
  | { readonly do: 'wait-on'; readonly until: string };

/** An action that was acted upon, to recognise an orchestrator that changed its mind. */
export interface Slot {
  readonly actionType: number;
  readonly name: string | null;
  /** Sequence number; -1 for actions that have none. */
  readonly id: number;
}

/** How an orchestrator ended, before everything that it scheduled has. */
export type Outcome =
  | { readonly kind: 'completed'; readonly output: string }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'again'; readonly input: string | null };

/** An incoming event that no episode has taken yet. */
export interface InboxEntry {
  readonly messageId: string;
  readonly event: HistoryEvent;
}

/** The locks that an orchestration holds or has asked for. */
export interface LockSet {
  readonly requestId: string;
  readonly entities: readonly string[];
}

/** An orchestration instance: the fold of its journal. */
export interface Orchestration {
  readonly id: string;
  executionId: string;
  /** Lives of this id before this one; null after continueAsNew. */
  generation: number | null;
  readonly name: string;
  readonly version: string | null;
  /** JSON text for the orchestrator. */
  input: string | null;
  /** JSON text that the management API shows: continueAsNew without input keeps the old one. */
  shownInput: string | null;
  readonly parent: Parent | null;
  readonly createdTime: string;
  lastUpdatedTime: string;
  status: RuntimeStatus;
  output: string | null;
  customStatus: unknown;
  history: HistoryEvent[];
  inbox: InboxEntry[];
  /** Ids of messages that came in, so that a second delivery is recognised. */
  readonly seen: Set<string>;
  /** Messages on their way to other instances. */
  readonly outbox: Map<string, Message>;
  slots: Slot[];
  readonly open: Map<number, Task>;
  nextId: number;
  /** Tasks whose failure came in, for a rewind. */
  readonly failed: Map<number, Task>;
  /** Failed tasks to schedule again at the next episode, after a rewind. */
  toRepeat: Task[];
  /** Timestamp of the last message to each entity, which the next one names. */
  readonly lastSent: Map<string, string>;
  locks: LockSet | null;
  outcome: Outcome | null;
  /** Slots of the `Task.all` that the orchestrator waits for, where nothing but all their successes can wake it. */
  waitingForAll: Set<number> | null;
}
