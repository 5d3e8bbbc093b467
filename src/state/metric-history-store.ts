import type { MetricPoint, MetricValue } from '../model/metric';
import { newestFirst, safeKey } from './keys';
import type { MetricHistoryStore, MetricRun } from './stores';
import type { Entity, Keys, Table } from './table';

/** The values of published runs, one row for each run and metric, newest first. */
export class TableMetricHistoryStore implements MetricHistoryStore {
  constructor(private readonly table: Table) {}

  async record({ pipeline, runId, at }: MetricRun, values: readonly MetricValue[]): Promise<void> {
    for (const { metric, value, anomalous } of values) {
      const keys = { partitionKey: partitionOf(pipeline, metric), rowKey: `${newestFirst(at)}:${safeKey(runId)}` };
      // Tables would keep a whole number as a 32-bit integer where it fits and refuse the next that does not.
      await this.table.put({ ...keys, runId, at, metric, value: String(value), anomalous });
    }
  }

  async last(pipeline: string, metric: string, limit: number): Promise<readonly MetricPoint[]> {
    const points: MetricPoint[] = [];
    for await (const entity of this.table.rows(partitionOf(pipeline, metric), { pageSize: limit })) {
      points.push(toPoint(entity));
      if (points.length === limit) break;
    }
    return points;
  }

  async prune(pipeline: string, before: string, keep: number, dryRun: boolean): Promise<number> {
    const own = `${safeKey(pipeline)}:`;
    let pruned = 0;
    for (let after = own; ;) {
      const partition = await this.table.nextPartition(after, `${safeKey(pipeline)};`);
      if (partition === null) return pruned;
      const old: Keys[] = [];
      let position = 0;
      for await (const { partitionKey, rowKey } of this.table.rows(partition, { select: [] })) {
        position += 1;
        if (position > keep && rowKey > newestFirst(before)) old.push({ partitionKey, rowKey });
      }
      if (!dryRun) await this.table.removeAll(old);
      pruned += old.length;
      after = partition;
    }
  }

  async forget({ pipeline, runId, at }: MetricRun, values: readonly MetricValue[]): Promise<void> {
    for (const { metric } of values) {
      await this.table.remove({
        partitionKey: partitionOf(pipeline, metric),
        rowKey: `${newestFirst(at)}:${safeKey(runId)}`,
      });
    }
  }
}

function partitionOf(pipeline: string, metric: string): string {
  return `${safeKey(pipeline)}:${safeKey(metric)}`;
}

function toPoint(entity: Entity): MetricPoint {
  return {
    runId: String(entity['runId']),
    at: String(entity['at']),
    metric: String(entity['metric']),
    value: Number(entity['value']),
    anomalous: entity['anomalous'] === true,
  };
}
