import { fromProperties, toProperties } from './json-property';
import { newestFirst, safeKey } from './keys';
import type { ArtifactStore, CheckHistoryStore, CheckRun } from './stores';
import type { Entity, Keys, Table } from './table';

/**
 * What the checks of each run said: by pipeline, newest first, and a pointer from the run. The keys come from the run alone, so
 * that a repeated activity writes over its own row.
 */
export class TableCheckHistoryStore implements CheckHistoryStore {
  constructor(
    private readonly table: Table,
    private readonly blobs: ArtifactStore,
  ) {}

  async put(run: CheckRun): Promise<void> {
    const rowKey = `${newestFirst(run.at)}:${safeKey(run.runId)}`;
    const properties = await toProperties(this.blobs, 'run', run);
    await this.table.put({ partitionKey: ofPipeline(run.pipeline), rowKey, ...properties });
    // Second: a pointer never leads to nothing.
    const pointer = { pipeline: run.pipeline, target: rowKey };
    await this.table.put({ partitionKey: ofRun(run.runId), rowKey: safeKey(run.pipeline), ...pointer });
  }

  async get(runId: string, pipeline: string): Promise<CheckRun | null> {
    return this.follow(await this.table.get(ofRun(runId), safeKey(pipeline)));
  }

  async ofRun(runId: string): Promise<readonly CheckRun[]> {
    const runs: CheckRun[] = [];
    for await (const pointer of this.table.rows(ofRun(runId))) {
      const run = await this.follow(pointer);
      if (run !== null) runs.push(run);
    }
    return runs;
  }

  async list({ pipeline, limit, continuation }: Parameters<CheckHistoryStore['list']>[0]) {
    const runs: CheckRun[] = [];
    const after = continuation === undefined ? {} : { after: continuation };
    for await (const entity of this.table.rows(ofPipeline(pipeline), { ...after, pageSize: limit + 1 })) {
      // One more is there: only then is there a next page.
      if (runs.length === limit) return { runs, continuation: keyOf(runs.at(-1)) };
      const run = await fromProperties<CheckRun>(this.blobs, 'run', entity);
      if (run !== undefined) runs.push(run);
    }
    return { runs, continuation: null };
  }

  async prune(pipeline: string, before: string, dryRun: boolean): Promise<number> {
    const old: Keys[] = [];
    let newest = true;
    for await (const { partitionKey, rowKey } of this.table.rows(ofPipeline(pipeline), { select: [] })) {
      if (!newest && rowKey > newestFirst(before)) old.push({ partitionKey, rowKey });
      newest = false;
    }
    if (dryRun) return old.length;
    // Pointers first: one that leads to nothing is read as no run, and a row without one would never be found again.
    for (const { rowKey } of old) {
      const run = rowKey.slice(rowKey.indexOf(':') + 1);
      await this.table.remove({ partitionKey: `run:${run}`, rowKey: safeKey(pipeline) });
    }
    await this.table.removeAll(old);
    return old.length;
  }

  private async follow(pointer: Entity | null): Promise<CheckRun | null> {
    if (pointer === null) return null;
    const row = await this.table.get(ofPipeline(String(pointer['pipeline'])), String(pointer['target']));
    return row === null ? null : ((await fromProperties<CheckRun>(this.blobs, 'run', row)) ?? null);
  }
}

function keyOf(run: CheckRun | undefined): string | null {
  return run === undefined ? null : `${newestFirst(run.at)}:${safeKey(run.runId)}`;
}

function ofPipeline(pipeline: string): string {
  return `pipeline:${safeKey(pipeline)}`;
}

function ofRun(runId: string): string {
  return `run:${safeKey(runId)}`;
}
