import type { Dimension, MetricDefinition } from './metric-definition';

/**
 * Every metric that Sluice sends, by name: there are no others. `docs/metrics.md` is written from it (`npm run metrics`), and the queries,
 * alert rules and workbook in `infra` are checked against it.
 */
export const METRICS = {
  'sluice.runs': {
    kind: 'counter',
    unit: '{run}',
    description: 'Runs that ended.',
    dimensions: ['status', 'trigger'],
  },
  'sluice.run.duration': {
    kind: 'histogram',
    unit: 's',
    description: 'From the start of a run to its end.',
    dimensions: ['status', 'trigger'],
  },
  'sluice.runs.active': {
    kind: 'gauge',
    unit: '{run}',
    description: 'Runs that wait or are under way.',
    dimensions: ['status'],
  },
  'sluice.pipeline.runs': {
    kind: 'counter',
    unit: '{pipeline}',
    description: 'Pipelines that ended in a run.',
    dimensions: ['pipeline', 'status'],
  },
  'sluice.pipeline.duration': {
    kind: 'histogram',
    unit: 's',
    description: 'From the moment a pipeline has its lease to its end.',
    dimensions: ['pipeline', 'status'],
  },
  'sluice.step.duration': {
    kind: 'histogram',
    unit: 's',
    description: 'One step of a pipeline in one run, over all partitions, waits and retries included.',
    dimensions: ['pipeline', 'step'],
  },
  'sluice.activity.duration': {
    kind: 'histogram',
    unit: 's',
    description: 'One execution of one activity, such as the transform of one partition.',
    dimensions: ['activity', 'pipeline', 'outcome'],
  },
  'sluice.rows': {
    kind: 'counter',
    unit: '{row}',
    description: 'Rows of pipelines that ended, by what became of them: the ledger of the run record.',
    dimensions: ['pipeline', 'outcome'],
  },
  'sluice.bytes': {
    kind: 'counter',
    unit: 'By',
    description: 'Bytes of the artifacts that a step left.',
    dimensions: ['pipeline', 'step'],
  },
  'sluice.failures': {
    kind: 'counter',
    unit: '{failure}',
    description:
      'Failures of activities, those that were retried included; over `sluice.activity.duration` it is the error rate.',
    dimensions: ['pipeline', 'class', 'code'],
  },
  'sluice.retries': {
    kind: 'counter',
    unit: '{attempt}',
    description: 'Attempts of activities beyond the first, over all partitions of a step.',
    dimensions: ['pipeline', 'step'],
  },
  'sluice.breaker.state': {
    kind: 'gauge',
    unit: '1',
    description: 'The circuit breaker of a connection: 0 closed, 1 half-open, 2 open.',
    dimensions: ['connection'],
  },
  'sluice.lease.wait': {
    kind: 'histogram',
    unit: 's',
    description: 'From the moment a pipeline could begin to the moment it has its lease.',
    dimensions: ['pipeline'],
  },
  'sluice.lease.waiting': {
    kind: 'gauge',
    unit: '{run}',
    description: 'Runs that wait for the lease of a pipeline.',
    dimensions: ['pipeline'],
  },
  'sluice.connection.waiting': {
    kind: 'gauge',
    unit: '{wave}',
    description: 'Waves of partitions that wait for slots of a connection.',
    dimensions: ['connection'],
  },
  'sluice.quarantine.backlog': {
    kind: 'gauge',
    unit: '{row}',
    description: 'Quarantined rows that nobody has decided about.',
    dimensions: ['pipeline'],
  },
  'sluice.quarantine.age': {
    kind: 'gauge',
    unit: 's',
    description: 'Age of the oldest quarantined rows that nobody has decided about.',
    dimensions: ['pipeline'],
  },
  'sluice.freshness': {
    kind: 'gauge',
    unit: 's',
    description: 'Time since the pipeline last succeeded, with rows or with nothing new to load.',
    dimensions: ['pipeline'],
  },
  'sluice.watermark.lag': {
    kind: 'gauge',
    unit: 's',
    description: 'Time from the watermark to now, of pipelines that load by a column of times.',
    dimensions: ['pipeline'],
  },
  'sluice.checks': {
    kind: 'counter',
    unit: '{check}',
    description: 'Results of checks, by kind and by what they led to.',
    dimensions: ['pipeline', 'check', 'outcome'],
  },
  'sluice.memory': {
    kind: 'gauge',
    unit: 'By',
    description: 'Resident memory of the worker process.',
    dimensions: [],
  },
  'sluice.temporary.disk': {
    kind: 'gauge',
    unit: 'By',
    description: 'What sessions of the engine have in their scratch folders.',
    dimensions: [],
  },
  'sluice.engine.disk': {
    kind: 'histogram',
    unit: 'By',
    description: 'The most that one session of the engine had in its scratch folder, spill included.',
    dimensions: ['activity', 'pipeline'],
  },
  'sluice.engine.spill': {
    kind: 'histogram',
    unit: 'By',
    description: 'The most that one session of the engine spilled.',
    dimensions: ['activity', 'pipeline'],
  },
  'sluice.engine.wait': {
    kind: 'histogram',
    unit: 's',
    description: 'From asking for a slot of the engine to having one.',
    dimensions: ['activity', 'pipeline'],
  },
  'sluice.cost': {
    kind: 'counter',
    unit: '1',
    description: 'Estimated cost of a run by the price table, in the currency that the dimension names.',
    dimensions: ['pipeline', 'resource', 'currency'],
  },
} as const satisfies Record<`sluice.${string}`, MetricDefinition>;

type Metrics = typeof METRICS;
export type MetricName = keyof Metrics;
type NameOf<Kind extends MetricDefinition['kind']> = {
  [Name in MetricName]: Metrics[Name]['kind'] extends Kind ? Name : never;
}[MetricName];
export type CounterName = NameOf<'counter'>;
export type HistogramName = NameOf<'histogram'>;
export type GaugeName = NameOf<'gauge'>;

/** The dimensions of a metric, all of them. */
export type DimensionsOf<Name extends MetricName> = Readonly<
  Record<Extract<Metrics[Name]['dimensions'][number], Dimension>, string>
>;
