import type { Status, Step } from './status';

/** What a service level promises: data that is not too old, a run that is not too long, or one that is done by a time. */
export type SlaObjective = 'freshness' | 'maxDuration' | 'doneBy';

/** What became of one due time. Times are ISO 8601, UTC. */
export interface SlaVerdict {
  readonly pipeline: string;
  readonly objective: SlaObjective;
  readonly dueAt: string;
  readonly status: 'met' | 'missed';
  /** The run that met it, or was too long; null where there was none. */
  readonly runId: string | null;
  /** When what was due was there; null while it is not. */
  readonly doneAt: string | null;
}

/** One ended run of a pipeline, as service levels and forecasts see it. */
export interface RunFact {
  readonly pipeline: string;
  readonly runId: string;
  readonly status: Status;
  readonly startedAt: string;
  readonly endedAt: string;
  /** Whether it took what the source had new: releases and backfills do not. */
  readonly current: boolean;
  /** Ledger id of what it published; null where it published nothing. */
  readonly load: number | null;
  readonly steps: readonly { readonly step: Step; readonly ms: number }[];
}

/** What earlier runs let expect of a run, and from what figures. */
export interface Forecast {
  /** Null: no run is under way; it is as if one started now. */
  readonly runId: string | null;
  /** ISO 8601, UTC: by the medians of the steps that are left. */
  readonly expectedAt: string;
  /** With the spread of each of them added. */
  readonly latestAt: string;
  /** How many published runs the figures are from. */
  readonly runs: number;
  readonly steps: readonly {
    readonly step: Step;
    readonly medianMs: number;
    readonly spreadMs: number;
    /** What is left of it: 0 for one that has ended. */
    readonly leftMs: number;
  }[];
}

/** Where a pipeline stands with one objective now. */
export interface SlaStanding {
  readonly objective: SlaObjective;
  /** `pending`: nothing is known yet. */
  readonly state: 'met' | 'atRisk' | 'missed' | 'pending';
  /** What is due next, or what was missed; null where nothing is. */
  readonly dueAt: string | null;
  readonly runId: string | null;
  readonly forecast: Forecast | null;
  /** One sentence with the figures. */
  readonly message: string;
}

/** All of them, as the monitoring found them. */
export interface SlaReport {
  readonly pipeline: string;
  readonly at: string;
  readonly objectives: readonly SlaStanding[];
}
