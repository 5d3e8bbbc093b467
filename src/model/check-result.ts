/** What happens to rows, or to the run, that fail a check. */
export type Severity = 'warn' | 'quarantine' | 'fail';

/** The verdict of one check over the whole slice. */
export interface CheckResult {
  /** Unique in the pipeline; `notNull(date)` unless the YAML names it. */
  readonly name: string;
  /** The YAML key: `notNull`, `relationships`, ... */
  readonly kind: string;
  readonly columns: readonly string[];
  readonly severity: Severity;
  /** Rows looked at. */
  readonly evaluated: number;
  /** Rows that failed; for checks on the slice as a whole 1 when it fails, unless it counts rows itself. */
  readonly failures: number;
  /** Of the failures, those of rows that a reviewer approved as they are: they are loaded. Absent when there are none. */
  readonly waived?: number;
  /**
   * `passed`, or what the failures led to. `failed` ends the run before anything is published. An anomaly check is `learning`
   * until it has enough history, and `skipped` where there is nothing to judge.
   */
  readonly status: CheckStatus;
  /** One sentence with the figures. */
  readonly message: string;
  /** The figures of a check on the slice as a whole, for series: `value`, `min`, `max`, `median`, ... */
  readonly figures?: CheckFigures;
}

export type CheckStatus = 'passed' | 'warned' | 'quarantined' | 'failed' | 'learning' | 'skipped';

/** Numbers where a number holds them, texts for exact decimals and times. */
export type CheckFigures = Readonly<Record<string, number | string | null>>;

/** Quarantined rows by reason; a row with several reasons counts in each. */
export interface QuarantineReason {
  /** `notNull(date)`, `cast(distance as integer)`, `lookup(airports)`, `malformed-row`, ... */
  readonly reason: string;
  readonly rows: number;
}

/** One post-load verification, done on the target before the commit. */
export interface VerificationResult {
  readonly name: string;
  readonly passed: boolean;
  /** As text, so that large sums stay exact. */
  readonly expected: string;
  readonly actual: string;
}
