import type { AnomalyConfig } from '../../config/schema/check';
import type { CheckResult } from '../../model/check-result';
import type { MetricPoint, MetricValue } from '../../model/metric';
import { metricKey, type CheckDefinition } from '../transform/checks/check-definitions';
import type { AggregateValues } from './aggregate';
import { judgeAnomaly, type AnomalyAnswer } from './anomaly';
import { metricValue } from './metric-value';
import { shown } from './shown';

/** What anomaly checks compare a run with. */
export interface AnomalyHistory {
  /** Points of published runs before, by metric. */
  readonly points: Readonly<Record<string, readonly MetricPoint[]>>;
  /** IANA name of the zone in which the pipeline's days begin. */
  readonly timeZone: string;
  /** Why this run is not compared with others, such as a backfill; null when it is. */
  readonly incomparable: string | null;
}

/** The verdict of an anomaly check, and the value that the history keeps once the run is published; null when it keeps none. */
export function judgeAnomalyCheck(
  check: CheckDefinition,
  config: AnomalyConfig,
  values: AggregateValues,
  runStartedAt: string,
  history: AnomalyHistory,
): { readonly result: CheckResult; readonly value: MetricValue | null } {
  const metric = metricKey(config.metric, config.column);
  const value = metricValue(config, values);
  const given = { name: check.name, kind: check.kind, columns: check.columns, severity: check.severity };
  const skipped = (why: string): CheckResult => ({
    ...given,
    evaluated: 0,
    failures: 0,
    status: 'skipped',
    message: `${check.name}: ${why}.`,
    figures: { value },
  });
  if (history.incomparable !== null) return { result: skipped(history.incomparable), value: null };
  if (value === null) return { result: skipped('there are no values to compare'), value: null };
  if (!Number.isFinite(value)) {
    const status = check.severity === 'fail' ? 'failed' : 'warned';
    const message = `${check.name}: ${metric} is ${String(value)}, which is no finite number.`;
    const figures = { value: String(value) };
    return { result: { ...given, evaluated: 1, failures: 1, status, message, figures }, value: null };
  }
  const answer = judgeAnomaly({
    value,
    at: runStartedAt,
    history: history.points[metric] ?? [],
    timeZone: history.timeZone,
    sensitivity: config.sensitivity,
    minPoints: config.minPoints,
    relativeFloor: Number.parseFloat(config.relativeFloor) / 100,
  });
  const { status: verdict, ...found } = answer;
  const anomalous = verdict === 'anomalous';
  const result: CheckResult = {
    ...given,
    evaluated: answer.points,
    failures: anomalous ? 1 : 0,
    status: anomalous
      ? check.severity === 'fail'
        ? 'failed'
        : 'warned'
      : verdict === 'learning'
        ? 'learning'
        : 'passed',
    message: `${check.name}: ${explain(metric, answer, config, history.timeZone)}`,
    figures: { metric, ...found, timeZone: history.timeZone },
  };
  return { result, value: { metric, value, anomalous } };
}

function explain(metric: string, answer: AnomalyAnswer, config: AnomalyConfig, timeZone: string): string {
  const { value, points, weekday, median, mad, score, lower, upper } = answer;
  if (median === null || mad === null || lower === null || upper === null) {
    return `${metric} is ${shown(value)}; learning: ${points} of ${config.minPoints} published runs.`;
  }
  const judged = answer.status === 'normal' ? 'as usual' : value < lower ? 'unusually low' : 'unusually high';
  const runs = weekday === null ? `${points} published runs` : `${points} published runs on a ${weekday} (${timeZone})`;
  const width =
    score === null
      ? `MAD 0, so ${config.relativeFloor} of the median is allowed`
      : `MAD ${shown(mad)}, score ${shown(score)}, ${config.sensitivity} allowed`;
  return `${metric} is ${shown(value)}, ${judged}: the median of ${runs} is ${shown(median)} (${width}); usual is ${shown(lower)} to ${shown(upper)}.`;
}
