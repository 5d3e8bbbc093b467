import { fromProperties, toProperties } from './json-property';
import { newestFirst, sha256 } from './keys';
import type { ArtifactStore, AuditEntry, AuditLog } from './stores';
import type { Table } from './table';

/** Entries by day, newest first. The same entry again is the same row; none is ever changed. */
export class TableAuditLog implements AuditLog {
  constructor(
    private readonly table: Table,
    private readonly blobs: ArtifactStore,
  ) {}

  async append(entry: AuditEntry): Promise<void> {
    const rowKey = `${newestFirst(entry.at)}:${sha256(JSON.stringify(entry)).slice(0, 32)}`;
    const properties = await toProperties(this.blobs, 'entry', entry);
    await this.table.insert({ partitionKey: entry.at.slice(0, 10), rowKey, ...properties });
  }

  async list({ day, limit }: Parameters<AuditLog['list']>[0]): Promise<readonly AuditEntry[]> {
    const entries: AuditEntry[] = [];
    for await (const entity of this.table.rows(day, { pageSize: limit })) {
      if (entries.length >= limit) break;
      const entry = await fromProperties<AuditEntry>(this.blobs, 'entry', entity);
      if (entry !== undefined) entries.push(entry);
    }
    return entries;
  }
}
