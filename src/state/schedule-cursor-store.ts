import { safeKey } from './keys';
import type { ScheduleCursorStore } from './stores';
import type { Table } from './table';

const CURSOR = 'cursor';

/** One row per pipeline. Of two instances that move the same cursor, one is told that it was too late. */
export class TableScheduleCursorStore implements ScheduleCursorStore {
  constructor(private readonly table: Table) {}

  async get(pipeline: string): Promise<string | null> {
    const entity = await this.table.get(safeKey(pipeline), CURSOR);
    return typeof entity?.['dueAt'] === 'string' ? entity['dueAt'] : null;
  }

  async move(pipeline: string, expected: string | null, next: string): Promise<boolean> {
    const row = { partitionKey: safeKey(pipeline), rowKey: CURSOR, dueAt: next };
    if (expected === null) return this.table.insert(row);
    const entity = await this.table.get(row.partitionKey, row.rowKey);
    if (entity?.['dueAt'] !== expected) return false;
    return this.table.replace(row, entity.etag);
  }
}
