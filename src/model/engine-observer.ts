import type { ObserveCall } from './observed-call';

/** What one session of the engine took. */
export interface SessionFacts {
  /** From asking for a slot to having one. */
  readonly waitedMs: number;
  /** The most that its scratch folder held, and of that the most that was spilled, as far as was looked: twice a second and at the end. */
  readonly diskBytes: number;
  readonly spillBytes: number;
}

/** Told what the engine does. Never throws. */
export interface EngineObserver {
  readonly call: ObserveCall;
  sessionEnded(facts: SessionFacts): void;
  /** What the scratch folders of all sessions hold now, in bytes. */
  diskUsed(bytes: number): void;
}
