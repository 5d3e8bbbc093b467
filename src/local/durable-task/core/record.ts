import type { HistoryEvent } from './history-event';
import type { Message, Parent } from './message';
import type { LockSet, Outcome, RuntimeStatus, Slot, Task } from './orchestration';

/** A record of an orchestration's journal: what happened, never how the state looks. */
export type OrchestrationRecord =
  | CreatedRecord
  | { readonly t: 'received'; readonly messageId: string; readonly event: HistoryEvent }
  | EpisodeRecord
  | RenewedRecord
  | {
      /** Suspended, resumed or terminated from outside. */
      readonly t: 'changed';
      readonly status: RuntimeStatus;
      readonly output: string | null;
      readonly events: readonly HistoryEvent[];
      readonly outbox: readonly Message[];
      readonly at: string;
    }
  | { readonly t: 'rewound'; readonly at: string; readonly event: HistoryEvent }
  | { readonly t: 'sent'; readonly ids: readonly string[] };

/** The first record of a journal. */
export interface CreatedRecord {
  readonly t: 'created';
  readonly id: string;
  readonly executionId: string;
  readonly generation: number;
  readonly name: string;
  readonly version: string | null;
  readonly input: string | null;
  readonly parent: Parent | null;
  readonly at: string;
  /** Id of the message that asked for the instance, where another instance did. */
  readonly messageId: string | null;
}

/** One episode: one incoming event, and what followed from it. Members that would be empty are left out. */
export interface EpisodeRecord {
  readonly t: 'episode';
  readonly take: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly scheduled?: readonly HistoryEvent[];
  readonly opened?: readonly Task[];
  readonly cancelled?: readonly number[];
  readonly slots?: readonly Slot[];
  readonly nextId?: number;
  readonly sent?: readonly (readonly [target: string, at: string])[];
  readonly locks?: LockSet | null;
  /** Present where it is to change. */
  readonly customStatus?: { readonly value: unknown };
  readonly outcome?: Outcome;
  readonly waitingForAll?: readonly number[] | null;
  readonly end?: { readonly status: 'Completed' | 'Failed'; readonly output: string; readonly event: HistoryEvent };
  readonly outbox?: readonly Message[];
}

/** A new life with a new history, by continueAsNew. */
export interface RenewedRecord {
  readonly t: 'renewed';
  readonly executionId: string;
  readonly input: string | null;
  readonly customStatus: unknown;
  readonly at: string;
  readonly outbox: readonly Message[];
}
