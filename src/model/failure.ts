/**
 * What kind of failure, and so what is done about it: `transient` and `infrastructure` are retried and count towards the
 * circuit breaker; `persistent` (configuration, corrupt input) and `business` (the data breaks a rule) are not.
 */
export type FailureClass = 'transient' | 'persistent' | 'business' | 'infrastructure';

/** The state that a failure leaves the target in. */
export type DataState = 'nothing-loaded' | 'staged-not-published' | 'published' | 'unknown';

/** A failure as it travels through orchestrations, records and API answers: JSON-safe, free of secrets. */
export interface Failure {
  readonly class: FailureClass;
  /** Stable, kebab-case; names the runbook page. */
  readonly code: string;
  readonly message: string;
  /** Messages of the chain of causes, outermost first, redacted. */
  readonly causes: readonly string[];
  readonly dataState: DataState;
  /** What a person does, or what happens by itself, next. */
  readonly nextAction: string;
  /** Path of the runbook page inside the docs. */
  readonly runbook: string;
  /** The connection that failed, where one did: its circuit breaker is told. */
  readonly connection?: string;
  /** The other side's wish, e.g. from Retry-After. */
  readonly retryAfterMs?: number;
  readonly runId?: string;
  readonly pipeline?: string;
  readonly step?: string;
  readonly partition?: number;
}
