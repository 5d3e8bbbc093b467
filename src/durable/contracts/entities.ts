import type { FailureClass } from '../../model/failure';
import type { Priority } from '../../model/priority';

/** How a connection's breaker behaves; from its configuration, durations in milliseconds. */
export interface BreakerPolicy {
  readonly connection: string;
  readonly failureRate: number;
  readonly minimumCalls: number;
  readonly windowMs: number;
  readonly openForMs: number;
  readonly whenOpen: 'wait' | 'fail';
  readonly maxWaitMs: number;
  /** Partitions of all runs that may use the connection at once; absent: as many as there are. */
  readonly maxPartitions?: number;
}

/** State of a `circuit-breaker` entity; its key is the connection's name. Times are milliseconds since 1970. */
export type BreakerState =
  | { readonly state: 'closed'; readonly calls: readonly BreakerSample[]; readonly lastOpening?: BreakerOpening }
  | { readonly state: 'open'; readonly openedAt: number; readonly until: number; readonly reason: string }
  | {
      readonly state: 'half-open';
      readonly probe: { readonly holder: string; readonly expiresAt: number } | null;
      readonly openedAt: number;
      /** Why it opened; absent in the states of older versions. */
      readonly reason?: string;
    };

/** An opening that is over. It is kept, so that whoever looks from time to time learns of it; absent where there was none. */
export interface BreakerOpening {
  readonly openedAt: number;
  readonly closedAt: number;
  readonly reason: string;
}

/** Totals of one wave. */
export interface BreakerSample {
  readonly at: number;
  readonly successes: number;
  readonly failures: number;
}

/** Operation `ask`: may I call? `now` is the orchestration's clock. */
export interface BreakerAsk {
  readonly holder: string;
  readonly now: number;
  readonly policy: BreakerPolicy;
}
export interface BreakerAnswer {
  readonly allowed: boolean;
  /** Whether the caller is the one probe of a half-open breaker. */
  readonly probe: boolean;
  readonly state: BreakerState['state'];
  /** When to ask again, when not allowed. */
  readonly retryAtMs: number | null;
  readonly reason: string | null;
}

/** Operation `tell`: totals of a wave; only transient and infrastructure failures count. */
export interface BreakerTell {
  readonly holder: string;
  readonly now: number;
  readonly policy: BreakerPolicy;
  readonly successes: number;
  readonly failures: number;
  readonly lastFailure: { readonly class: FailureClass; readonly code: string } | null;
}

/** Operation `trip`: opens the breaker whatever its calls say. */
export interface BreakerTrip {
  readonly now: number;
  readonly openForMs: number;
  readonly reason: string;
}

/** State of a `pipeline-lease` entity; its key is the pipeline's name. */
export interface LeaseState {
  readonly holder: string | null;
  readonly expiresAt: number;
  /** Runs that wait, first come first served; one that did not ask again before its `expiresAt` is dropped. */
  readonly queue: readonly { readonly holder: string; readonly expiresAt: number }[];
}

/** Operation `acquire`: a holder that asks again renews. */
export interface LeaseAcquire {
  readonly holder: string;
  readonly now: number;
  readonly ttlMs: number;
  readonly enqueue: boolean;
  /** How long a place in the queue outlives the last time its holder asked. */
  readonly queueTtlMs: number;
}
/** Operation `renew`, as a signal while a step is under way: extends what the holder has, and takes nothing. */
export interface LeaseRenew {
  readonly holder: string;
  readonly now: number;
  readonly ttlMs: number;
}
export interface LeaseAnswer {
  readonly granted: boolean;
  readonly holder: string | null;
  readonly position: number | null;
}
/** Operation `release`. */
export interface LeaseRelease {
  readonly holder: string;
}

/** State of a `connection-slots` entity, whose key is the connection's name, and of the `slot-pool`, whose key is `SLOT_POOL`. */
export interface SlotsState {
  readonly held: readonly (SlotsHolder & { readonly slots: number })[];
  /** Who waits, whose turn comes first at the front. */
  readonly queue: readonly SlotsWaiting[];
}
export interface SlotsHolder {
  /** Instance id of the orchestration that runs a wave. */
  readonly holder: string;
  readonly run: string;
  readonly expiresAt: number;
}
export interface SlotsWaiting extends SlotsHolder {
  /** When it asked first, later by what its priority makes it wait; absent in the states of older versions, which come first. */
  readonly turn?: number;
  readonly priority?: Priority;
}

/** The key of the one `slot-pool`. */
export const SLOT_POOL = 'app';

/** Operation `take`: a holder that asks again has ended its wave. */
export interface SlotsAsk {
  readonly holder: string;
  readonly run: string;
  readonly now: number;
  readonly ttlMs: number;
  /** How long a place in the queue outlives the last time its holder asked. */
  readonly queueTtlMs: number;
  readonly limit: number;
  /** 0: gives back what it has, and waits. */
  readonly wanted: number;
  /** `normal` when absent. */
  readonly priority?: Priority;
  /** When it began to ask, so that it keeps its place wherever it asks; the time of the first ask when absent. */
  readonly since?: number;
}
export interface SlotsAnswer {
  /** Partitions that may run; 0: wait and ask again. */
  readonly granted: number;
  /** Holders that are to have a turn before. */
  readonly ahead: number;
}
/** Operation `keep`: a holder gives back what it has above so many. */
export interface SlotsKeep {
  readonly holder: string;
  readonly slots: number;
}
/** Operations `give` (a holder) and `give-run` (a run). */
export interface SlotsRelease {
  readonly holder: string;
}

/** Operation `expire` of all entities, for maintenance: what has run out is let go without anybody asking. */
export interface Expire {
  readonly now: number;
}
