import type { Outcome } from '../../durable/contracts/outcome';
import type { Status } from '../../model/status';
import type { ObserveCall } from '../../model/observed-call';
import type { WorkScope } from '../work-scope';

/** Where a start stands in a trace; nulls where telemetry is off. */
export interface StartTrace {
  readonly traceId: string | null;
  /** For the start record, so that everything the run does becomes part of the same trace. */
  readonly traceparent: string | null;
}

/** Gives the `traceparent` of a run's start record; null when it has none. */
export type TraceparentOf = (runId: string) => Promise<string | null>;

/** An execution of an activity. */
export interface Execution extends WorkScope {
  /** The step that it is part of; its span is the parent. */
  readonly step?: string;
}

/** Something that has ended and stands in a record. */
export interface Recorded {
  /** `[runId]`, `[runId, pipeline]` or `[runId, pipeline, step]`: makes its id, and the one before it its parent's. */
  readonly path: readonly string[];
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly status: Status;
  readonly failure: { readonly code: string; readonly message: string } | null;
  readonly attributes: Readonly<Record<string, string | number | boolean | null>>;
}

/**
 * Spans of the one trace that each run has. Those of runs, pipelines and steps are written when their record is, with ids that follow from
 * the run's; those of activities, starts and calls as they happen. Nothing here throws or waits for the service.
 */
export interface Tracing {
  /**
   * Starts a run inside a span. `joins`: the caller's trace goes on; otherwise the run has a trace of its own, with a link to what is under
   * way.
   */
  start<T>(
    start: { readonly trigger: string; readonly joins: boolean },
    work: (trace: StartTrace) => Promise<T>,
  ): Promise<T>;
  /** Executes an activity inside a span of its run's trace. */
  activity<T>(execution: Execution, traceparentOf: TraceparentOf, work: () => Promise<Outcome<T>>): Promise<Outcome<T>>;
  /** Writes the span of something that has ended. */
  recorded(recorded: Recorded, traceparentOf: TraceparentOf): Promise<void>;
  /** Does work that is only done for telemetry, without spans of its own. */
  unobserved<T>(work: () => Promise<T>): Promise<T>;
  readonly call: ObserveCall;
}

/** For processes without telemetry. */
export const NO_TRACING: Tracing = {
  start: (_, work) => work({ traceId: null, traceparent: null }),
  activity: (_execution, _traceparentOf, work) => work(),
  recorded: async () => {},
  unobserved: (work) => work(),
  call: () => {},
};
