import type { Failure } from '../../model/failure';

/** Input of the `monitoring` orchestration, a singleton with this instance id. It needs nothing: what it looks at stands in the stores. */
export const MONITORING_INSTANCE = 'monitoring';

/** What the activities of monitoring are told: the orchestration's clock, ISO 8601, UTC. */
export interface MonitoringInput {
  readonly now: string;
}

/** What one of them did. */
export interface MonitoringReport {
  readonly task: string;
  readonly count: number;
}

export interface MonitoringResult {
  readonly reports: readonly MonitoringReport[];
  readonly failures: readonly Failure[];
}
