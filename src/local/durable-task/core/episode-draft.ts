import type { HistoryEvent } from './history-event';
import type { Message } from './message';
import type { LockSet, Orchestration, Slot, Task } from './orchestration';

/** What the pure core needs to know of the world; injected, so that every decision can be repeated in a test. */
export interface Surroundings {
  /** The moment of the decision as a history timestamp. */
  readonly now: string;
  /** A GUID that nobody has used. */
  newGuid(): string;
  /** Whether the app has a function of the kind; the case of the name does not matter. */
  has(kind: 'activity' | 'orchestrator', name: string): boolean;
  /** Version of orchestrations that name none; null where host.json says none. */
  readonly defaultVersion: string | null;
  /** Milliseconds between two polls of a 202 without Retry-After. */
  readonly httpPollMs: number;
}

/** An episode while it is decided: everything that goes into its record. */
export interface EpisodeDraft {
  readonly one: Orchestration;
  readonly around: Surroundings;
  /** Timestamp of OrchestratorStarted, which is the orchestrator's clock. */
  readonly startedAt: string;
  readonly scheduled: HistoryEvent[];
  readonly opened: Task[];
  readonly cancelled: number[];
  readonly slots: Slot[];
  readonly sent: [target: string, at: string][];
  readonly outbox: Message[];
  nextId: number;
  locks: LockSet | null;
}

/** An episode in which nothing has happened yet. */
export function draftEpisode(one: Orchestration, startedAt: string, around: Surroundings): EpisodeDraft {
  return {
    one,
    around,
    startedAt,
    scheduled: [],
    opened: [],
    cancelled: [],
    slots: [],
    sent: [],
    outbox: [],
    nextId: one.nextId,
    locks: one.locks,
  };
}
