import { StorageConflictError } from '../errors/storage-conflict-error';
import { fromProperties, toProperties } from './json-property';
import type { ArtifactStore, Versioned } from './stores';
import type { Entity, ReadEntity, Table } from './table';

const ATTEMPTS = 10;

/** JSON values of one type as rows of a table, each changed only as it was read. */
export class Documents<T> {
  constructor(
    private readonly table: Table,
    private readonly blobs: ArtifactStore,
  ) {}

  async get(partitionKey: string, rowKey: string): Promise<Versioned<T> | null> {
    const row = await this.table.get(partitionKey, rowKey);
    return row === null ? null : { value: await this.read(row), etag: row.etag };
  }

  /** `false` when somebody else wrote it since; a null ETag inserts. */
  async save(partitionKey: string, rowKey: string, value: T, etag: string | null): Promise<boolean> {
    const row = { partitionKey, rowKey, ...(await toProperties(this.blobs, 'value', value)) };
    return etag === null ? this.table.insert(row) : this.table.replace(row, etag);
  }

  /** What `change` makes of it, again when somebody else was faster; null leaves it. Gives what stands then; null where there is nothing. */
  async change(partitionKey: string, rowKey: string, change: (value: T) => T | null): Promise<T | null> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const found = await this.get(partitionKey, rowKey);
      if (found === null) return null;
      const changed = change(found.value);
      if (changed === null) return found.value;
      if (await this.save(partitionKey, rowKey, changed, found.etag)) return changed;
    }
    throw new StorageConflictError(`changing ${partitionKey}/${rowKey}`);
  }

  /** Inserts the one and inserts or changes the other, both or none. */
  async addBeside(
    partitionKey: string,
    added: { readonly rowKey: string; readonly value: T },
    changed: { readonly rowKey: string; readonly value: T; readonly etag: string | null },
  ): Promise<boolean> {
    return this.table.insertAndReplace(
      { partitionKey, rowKey: added.rowKey, ...(await toProperties(this.blobs, 'value', added.value)) },
      { partitionKey, rowKey: changed.rowKey, ...(await toProperties(this.blobs, 'value', changed.value)) },
      changed.etag,
    );
  }

  /** In key order. */
  async *list(
    partitionKey: string,
    range: Parameters<Table['rows']>[1] = {},
  ): AsyncGenerator<Versioned<T> & { readonly rowKey: string }> {
    for await (const row of this.table.rows(partitionKey, range)) {
      yield { value: await this.read(row), etag: (row as ReadEntity).etag, rowKey: row.rowKey };
    }
  }

  private async read(row: Entity): Promise<T> {
    const value = await fromProperties<T>(this.blobs, 'value', row);
    if (value === undefined) throw new RangeError(`The row ${row.partitionKey}/${row.rowKey} has no value.`);
    return value;
  }
}
