import type { Column } from '../model/column';
import { columnChanges, type SchemaVersion } from '../model/schema-version';
import { StorageConflictError } from '../errors/storage-conflict-error';
import { fromProperties, toProperties } from './json-property';
import { safeKey } from './keys';
import type { ArtifactStore, SchemaStore } from './stores';
import type { Table } from './table';

const ATTEMPTS = 5;
const MOST_VERSIONS = 99_999_999;

/** A row for each version, the newest first. */
export class TableSchemaStore implements SchemaStore {
  constructor(
    private readonly table: Table,
    private readonly blobs: ArtifactStore,
  ) {}

  async note(
    { pipeline, side }: Parameters<SchemaStore['note']>[0],
    columns: readonly Column[],
    { runId, at }: Parameters<SchemaStore['note']>[2],
  ): Promise<SchemaVersion> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const [newest] = await this.list(pipeline, side, 1);
      const changes = newest === undefined ? [] : columnChanges(newest.columns, columns);
      if (newest !== undefined && changes.length === 0) return newest;
      const version: SchemaVersion = { version: (newest?.version ?? 0) + 1, columns, changes, runId, at };
      const properties = await toProperties(this.blobs, 'version', version);
      const rowKey = String(MOST_VERSIONS - version.version).padStart(8, '0');
      // Another worker may have noted the same, or something else, at this moment.
      if (await this.table.insert({ partitionKey: partitionOf(pipeline, side), rowKey, ...properties })) return version;
    }
    throw new StorageConflictError(`the columns of ${pipeline}`);
  }

  async list(pipeline: string, side: 'source' | 'target', limit: number): Promise<readonly SchemaVersion[]> {
    const found: SchemaVersion[] = [];
    for await (const row of this.table.rows(partitionOf(pipeline, side), { pageSize: limit })) {
      const version = await fromProperties<SchemaVersion>(this.blobs, 'version', row);
      if (version !== undefined) found.push(version);
      if (found.length === limit) break;
    }
    return found;
  }
}

function partitionOf(pipeline: string, side: string): string {
  return `${safeKey(pipeline)}:${side}`;
}
