/** What anomaly checks compare with the runs before. */
export type MetricName = 'rowCount' | 'nullRate' | 'mean' | 'distinctCount';

/** A metric of what one run would load. */
export interface MetricValue {
  /** `rowCount`, `mean(amount)`: the same in every run, whatever the check is called. */
  readonly metric: string;
  readonly value: number;
  /** Whether a check of the run held it to be an anomaly. */
  readonly anomalous: boolean;
}

/** A metric of one published run. */
export interface MetricPoint extends MetricValue {
  readonly runId: string;
  /** When the run started: ISO 8601, UTC. */
  readonly at: string;
}
