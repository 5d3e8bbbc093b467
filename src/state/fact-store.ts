import type { RunFact } from '../model/service-level';
import { fromProperties, toProperties } from './json-property';
import { newestFirst, safeKey } from './keys';
import type { ArtifactStore, FactStore } from './stores';
import type { Table } from './table';

/** Ended runs by pipeline, the newest first. */
export class TableFactStore implements FactStore {
  constructor(
    private readonly table: Table,
    private readonly blobs: ArtifactStore,
  ) {}

  async put(fact: RunFact): Promise<void> {
    await this.table.put({
      partitionKey: safeKey(fact.pipeline),
      rowKey: `${newestFirst(fact.endedAt)}:${safeKey(fact.runId)}`,
      ...(await toProperties(this.blobs, 'fact', fact)),
    });
  }

  async list(pipeline: string, limit: number): Promise<readonly RunFact[]> {
    const facts: RunFact[] = [];
    for await (const row of this.table.rows(safeKey(pipeline), { pageSize: limit })) {
      const fact = await fromProperties<RunFact>(this.blobs, 'fact', row);
      if (fact !== undefined) facts.push(fact);
      if (facts.length >= limit) break;
    }
    return facts;
  }
}
