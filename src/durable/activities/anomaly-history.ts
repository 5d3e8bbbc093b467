import type { PipelineConfig } from '../../config/schema/pipeline';
import type { MetricPoint } from '../../model/metric';
import type { Slice } from '../../model/slice';
import type { AnomalyHistory } from '../../steps/dataset/judge-anomaly-check';
import { checkDefinitions, metricKey } from '../../steps/transform/checks/check-definitions';
import type { ActivityServices } from './activity-services';

/** The newest points that a verdict looks at. */
const MOST_POINTS = 200;

/** What the anomaly checks of a run compare it with: the published runs before, and never itself. */
export async function anomalyHistory(
  { stores }: Pick<ActivityServices, 'stores'>,
  runId: string,
  pipeline: PipelineConfig,
  slice: Slice,
): Promise<AnomalyHistory> {
  const timeZone = pipeline.trigger?.schedule?.timeZone ?? 'UTC';
  const incomparable = whyIncomparable(slice);
  const points: Record<string, readonly MetricPoint[]> = {};
  if (incomparable !== null) return { points, timeZone, incomparable };
  for (const { config } of checkDefinitions(pipeline)) {
    if (!('anomaly' in config)) continue;
    const metric = metricKey(config.anomaly.metric, config.anomaly.column);
    if (points[metric] !== undefined) continue;
    // One more than is looked at, for this run's own point when it is executed a second time.
    const newest = await stores.metrics.last(pipeline.pipeline, metric, MOST_POINTS + 1);
    points[metric] = newest.filter((point) => point.runId !== runId).slice(0, MOST_POINTS);
  }
  return { points, timeZone, incomparable };
}

/** Why a run says nothing about the usual ones; null when it does. */
export function whyIncomparable(slice: Slice): string | null {
  if (slice.kind === 'release') return 'rows released from quarantine are not compared with usual runs';
  return slice.kind === 'backfill' ? 'a window of a backfill is not compared with usual runs' : null;
}
