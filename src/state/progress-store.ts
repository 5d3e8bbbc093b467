import type { StepRecord } from '../durable/contracts/run-record';
import { STEPS, type Step } from '../model/status';
import { ascending, safeKey } from './keys';
import type { ProgressEntry } from './stores';
import type { Table } from './table';

/** One row per finished partition, in a table partition for each pipeline of a run. */
export class ProgressStore {
  constructor(private readonly table: Table) {}

  /** The same partition again writes the same row. */
  async put({ runId, pipeline, step, partition, totalPartitions, rows, bytes, at }: ProgressEntry): Promise<void> {
    const row = { totalPartitions, rows, bytes, at, step };
    const rowKey = `${step}:${ascending(partition + 1)}`;
    await this.table.put({ partitionKey: partitionOf(runId, pipeline), rowKey, ...row });
  }

  /** What the partitions done so far add up to, in the order of the road. */
  async steps(runId: string, pipeline: string): Promise<readonly StepRecord[]> {
    const sums = new Map<
      Step,
      { total: number; done: number; rows: number; bytes: number; first: string; last: string }
    >();
    for await (const row of this.table.rows(partitionOf(runId, pipeline))) {
      const at = String(row['at']);
      const step = row['step'] as Step;
      const sum = sums.get(step) ?? { total: 0, done: 0, rows: 0, bytes: 0, first: at, last: at };
      sum.total = Math.max(sum.total, Number(row['totalPartitions']));
      sum.done += 1;
      sum.rows += Number(row['rows']);
      sum.bytes += Number(row['bytes']);
      if (at < sum.first) sum.first = at;
      if (at > sum.last) sum.last = at;
      sums.set(step, sum);
    }
    return STEPS.flatMap((step): StepRecord[] => {
      const sum = sums.get(step);
      if (sum === undefined) return [];
      const ended = sum.done >= sum.total;
      return [
        {
          step,
          status: ended ? 'Succeeded' : 'InProgress',
          partitions: { total: sum.total, done: sum.done },
          rows: sum.rows,
          bytes: sum.bytes,
          retries: 0,
          startedAt: sum.first,
          endedAt: ended ? sum.last : null,
        },
      ];
    });
  }
}

function partitionOf(runId: string, pipeline: string): string {
  return safeKey(`${runId}:${pipeline}`);
}
