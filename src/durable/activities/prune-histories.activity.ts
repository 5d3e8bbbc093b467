import { durationMs } from '../../model/duration';
import type { PolicyReport } from '../../model/retention';
import type { MaintenanceInput, MaintenanceReport } from '../contracts/activities';
import type { ActivityServices } from './activity-services';

const DAY_MS = 86_400_000;
/** Points of a metric that anomaly checks may look at. */
const KEPT_POINTS = 100;
/** Days on which readings may still be written late. */
const FOLDED_DAYS = 3;
const USAGE_DAYS = 400;

/** Forgets what checks said and what was measured longer ago than pipelines keep, and folds the usage of days that are over. */
export async function pruneHistories(
  services: ActivityServices,
  { now, dryRun }: MaintenanceInput,
): Promise<MaintenanceReport> {
  const { checks, metrics, usage } = services.stores;
  const before = (ms: number): string => new Date(Date.parse(now) - ms).toISOString();
  const policies: PolicyReport[] = [];
  const note = (policy: string, pipeline: string | null, count: number): void => {
    if (count > 0) policies.push({ policy, pipeline, action: 'delete', count, bytes: 0 });
  };
  for (const [pipeline, { retention }] of Object.entries(services.currentProject()?.pipelines ?? {})) {
    const metricsMs = durationMs(retention.metrics);
    // An undo takes the metrics of its run out by what its checks said.
    const checksMs = Math.max(durationMs(retention.checks), metricsMs);
    note('metrics', pipeline, await metrics.prune(pipeline, before(metricsMs), KEPT_POINTS, dryRun));
    note('checks', pipeline, await checks.prune(pipeline, before(checksMs), dryRun));
  }
  const oldest = before(USAGE_DAYS * DAY_MS).slice(0, 10);
  for await (const day of usage.days()) {
    if (day >= oldest) break;
    note('usage', null, await usage.forget(day, dryRun));
  }
  if (!dryRun) {
    for (let back = 1; back <= FOLDED_DAYS; back += 1) await usage.fold(before(back * DAY_MS).slice(0, 10));
  }
  const count = policies.reduce((sum, policy) => sum + policy.count, 0);
  return { task: 'prune-histories', items: [], count, policies };
}
