/**
 * What a metric may be split by. Every dimension has a limit (`DIMENSION_LIMITS`): a metric with too many series is dear, and past the limits of the
 * service no metric at all.
 */
export type Dimension =
  | 'activity'
  | 'check'
  | 'class'
  | 'code'
  | 'connection'
  | 'currency'
  | 'outcome'
  | 'pipeline'
  | 'resource'
  | 'status'
  | 'step'
  | 'trigger';

/** One metric: what is measured and how. */
export interface MetricDefinition {
  /**
   * `counter`: adds up; `histogram`: single values, of which the service keeps count, sum, least and most; `gauge`: how something stands
   * at the moment.
   */
  readonly kind: 'counter' | 'histogram' | 'gauge';
  /** As UCUM writes it: `s`, `By`, `1`, or what is counted in braces. */
  readonly unit: string;
  readonly description: string;
  readonly dimensions: readonly Dimension[];
}

/** How many values a dimension may have in one process; further ones are counted together as `other`. */
export const DIMENSION_LIMITS: Readonly<Record<Dimension, number>> = {
  activity: 40,
  check: 20,
  class: 4,
  code: 150,
  connection: 50,
  currency: 4,
  outcome: 10,
  pipeline: 200,
  resource: 20,
  status: 6,
  step: 10,
  trigger: 10,
};
