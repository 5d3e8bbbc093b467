import type { AlertsConfig } from '../../../config/schema/alerts';
import { costOf } from '../../../model/cost';
import { ownedBy } from '../../../monitoring/alerts-of-run';
import { costlyDay, costlyRun, type Condition } from '../../../monitoring/conditions';
import type { ActivityServices } from '../activity-services';

/** Pipelines whose run of today costs more than it may, and the day itself; in the currency of the prices. */
export async function watchCosts(
  services: ActivityServices,
  { costPerRun, costPerDay }: AlertsConfig['watch'],
  now: string,
): Promise<readonly Condition[]> {
  if (costPerRun === undefined && costPerDay === undefined) return [];
  const prices = services.prices();
  const day = now.slice(0, 10);
  const runs = new Map<string, { readonly pipeline: string; readonly runId: string; total: number }>();
  let total = 0;
  for await (const { pipeline, runId, usage } of services.stores.usage.ofDay(day)) {
    const cost = costOf(usage, prices).total;
    total += cost;
    if (runId === null || pipeline === null) continue;
    const key = JSON.stringify([runId, pipeline]);
    const one = runs.get(key) ?? { pipeline, runId, total: 0 };
    one.total += cost;
    runs.set(key, one);
  }
  const { pipelines } = services.watched();
  const money = (amount: number): string => `${amount.toFixed(2)} ${prices.currency}`;
  const costly = [...runs.values()].filter((run) => costPerRun !== undefined && run.total > costPerRun);
  return [
    ...costly.map(({ pipeline, runId, total: its }) =>
      costlyRun(ownedBy(pipelines, pipeline), runId, { cost: money(its), bound: money(costPerRun ?? 0) }, now),
    ),
    ...(costPerDay !== undefined && total > costPerDay
      ? [costlyDay(day, { cost: money(total), bound: money(costPerDay) }, now)]
      : []),
  ];
}
