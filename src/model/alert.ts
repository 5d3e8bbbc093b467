import type { FailureClass } from './failure';

/** What an alert can be about. */
export const ALERT_KINDS = [
  'run-failed',
  'check-failed',
  'anomaly',
  'sla-missed',
  'sla-at-risk',
  'breaker-open',
  'quarantine-age',
  'quarantine-backlog',
  'memory',
  'temp-disk',
  'slot-wait',
  'queued-runs',
  'secret-expiring',
  'cost',
  'channel-failed',
  'test',
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

/** From the least to the greatest. */
export const ALERT_SEVERITIES = ['info', 'warning', 'error', 'critical'] as const;
export type AlertSeverity = (typeof ALERT_SEVERITIES)[number];

/** What an alert is about; holds no row values and no secrets. */
export interface AlertSubject {
  readonly kind: AlertKind;
  readonly severity: AlertSeverity;
  readonly pipeline: string | null;
  readonly runId: string | null;
  readonly connection: string | null;
  readonly failureClass: FailureClass | null;
  /** The code of a failure, or the name of a check. */
  readonly code: string | null;
  readonly owner: string | null;
  readonly tags: Readonly<Record<string, string>>;
  /** One line. */
  readonly title: string;
  readonly what: string;
  /** In which state the data is. */
  readonly data: string;
  readonly todo: string;
  /** Path of the page inside the docs; null where there is none. */
  readonly runbook: string | null;
}

/** Something that an alert is raised for. */
export interface AlertEvent extends AlertSubject {
  /** The same as long as the trouble is the same: a second event joins the alert that is not resolved. */
  readonly key: string;
  /** The same event again changes nothing. */
  readonly event: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

export type AlertState = 'open' | 'acknowledged' | 'resolved';

/** An alert as the store keeps it. Times are ISO 8601, UTC. */
export interface Alert extends AlertSubject {
  readonly id: string;
  readonly key: string;
  readonly state: AlertState;
  readonly firstAt: string;
  readonly lastAt: string;
  /** How many events it stands for. */
  readonly count: number;
  /** Groups in which it is told of, by the name of their route. */
  readonly groups: Readonly<Record<string, string>>;
  readonly acknowledged: { readonly by: string; readonly at: string; readonly note: string } | null;
  readonly resolved: { readonly by: string; readonly at: string; readonly reason: string } | null;
}

/** Something that happened to an alert or to its group. */
export interface AlertNote {
  readonly at: string;
  /** `raised`, `again`, `held`, `sent`, `send-failed`, `acknowledged`, `acted`, `resolved`, ... */
  readonly event: string;
  readonly by: string;
  readonly text: string;
}

/** The greatest of severities; `info` of none. */
export function worstOf(severities: readonly AlertSeverity[]): AlertSeverity {
  const rank = Math.max(0, ...severities.map((severity) => ALERT_SEVERITIES.indexOf(severity)));
  return ALERT_SEVERITIES[rank] ?? 'info';
}
