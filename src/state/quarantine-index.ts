import { fromProperties, toProperties } from './json-property';
import { ascending, newestFirst, safeKey } from './keys';
import type { ArtifactStore, QuarantineBatch, QuarantineIndex } from './stores';
import type { Table } from './table';

/** All pipelines together. */
const EVERYTHING = 'at';

/**
 * Batches by run, and two indexes by time: of all, and of one pipeline. An index entry stands for what a pipeline
 * quarantined in a run in one minute, so that a repeated activity, and its partitions, share one.
 */
export class TableQuarantineIndex implements QuarantineIndex {
  constructor(
    private readonly table: Table,
    private readonly blobs: ArtifactStore,
  ) {}

  async add(batch: QuarantineBatch): Promise<void> {
    const { runId, pipeline, step, partition, at, entry: place = 0 } = batch;
    const rowKey = `${newestFirst(`${at.slice(0, 16)}:00.000Z`)}:${runId}:${pipeline}`;
    const entry = { rowKey, runId, pipeline };
    await this.table.put({ partitionKey: EVERYTHING, ...entry });
    await this.table.put({ partitionKey: `${EVERYTHING}:${safeKey(pipeline)}`, ...entry });
    await this.table.put({
      partitionKey: `run:${safeKey(runId)}`,
      rowKey: `${safeKey(pipeline)}:${step}:${ascending(partition + 1)}${place > 0 ? `:${ascending(place)}` : ''}`,
      ...(await toProperties(this.blobs, 'batch', batch)),
    });
  }

  async list({ pipeline, runId, limit }: Parameters<QuarantineIndex['list']>[0]): Promise<readonly QuarantineBatch[]> {
    if (runId !== undefined) return newest(await this.ofRun(runId, pipeline)).slice(0, limit);
    const found = new Map<string, QuarantineBatch>();
    let minute = '';
    const index = pipeline === undefined ? EVERYTHING : `${EVERYTHING}:${safeKey(pipeline)}`;
    for await (const entry of this.table.rows(index, { pageSize: 100 })) {
      // Within a minute the entries are in no order: it is read to its end.
      const its = entry.rowKey.slice(0, 13);
      if (its !== minute && found.size >= limit) break;
      minute = its;
      for (const batch of await this.ofRun(String(entry['runId']), String(entry['pipeline']))) {
        found.set(`${batch.runId}:${batch.pipeline}:${batch.step}:${batch.partition}:${batch.entry ?? 0}`, batch);
      }
    }
    return newest([...found.values()]).slice(0, limit);
  }

  private async ofRun(runId: string, pipeline: string | undefined): Promise<QuarantineBatch[]> {
    const prefix = pipeline === undefined ? undefined : safeKey(pipeline);
    const range = prefix === undefined ? {} : { after: `${prefix}:`, below: `${prefix};` };
    const batches: QuarantineBatch[] = [];
    for await (const entity of this.table.rows(`run:${safeKey(runId)}`, range)) {
      const batch = await fromProperties<QuarantineBatch>(this.blobs, 'batch', entity);
      if (batch !== undefined) batches.push(batch);
    }
    return batches;
  }
}

function newest(batches: readonly QuarantineBatch[]): QuarantineBatch[] {
  return batches.toSorted((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : a.partition - b.partition));
}
