import { odata, type TableClient, type TableEntityResult, type TransactionAction } from '@azure/data-tables';
import { statusOf } from '../errors/storage-error';
import { isConflict, isNotFound, storageCall } from './storage-call';

/** Values of an entity besides its keys. */
export type Properties = Readonly<Record<string, string | number | boolean | null>>;
export interface Keys {
  readonly partitionKey: string;
  readonly rowKey: string;
}
export type Entity = Keys & Record<string, unknown>;
/** An entity as it was read: its ETag goes back with the write that depends on it. */
export type ReadEntity = Entity & { readonly etag: string };

/** Transactions hold at most this many: https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions */
const BATCH = 100;

/** One Azure table, made on first use. What goes wrong comes out as a `SluiceError`. */
export class Table {
  private made: Promise<void> | undefined;

  constructor(private readonly client: TableClient) {}

  /** Null when there is none. */
  async get(partitionKey: string, rowKey: string): Promise<ReadEntity | null> {
    return this.call('read', async () => {
      try {
        return toEntity(await this.client.getEntity(partitionKey, rowKey));
      } catch (error) {
        if (isNotFound(error)) return null;
        throw error;
      }
    });
  }

  /** `false` when there was one already. */
  async insert(entity: Keys & Properties): Promise<boolean> {
    return this.call('add to', () => unlessConflict(this.client.createEntity(withoutNulls(entity))));
  }

  /** Writes whatever was there. */
  async put(entity: Keys & Properties): Promise<void> {
    await this.call('write to', () => this.client.upsertEntity(withoutNulls(entity), 'Replace'));
  }

  /** Replaces what was read; `false` when it has changed or gone since. */
  async replace(entity: Keys & Properties, etag: string): Promise<boolean> {
    return this.call('change', async () => {
      try {
        return await unlessConflict(this.client.updateEntity(withoutNulls(entity), 'Replace', { etag }));
      } catch (error) {
        if (isNotFound(error)) return false;
        throw error;
      }
    });
  }

  /** Deletes, or finds it gone. */
  async remove({ partitionKey, rowKey }: Keys): Promise<void> {
    await this.call('delete from', async () => {
      try {
        await this.client.deleteEntity(partitionKey, rowKey);
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    });
  }

  /** Inserts all or none, in one partition; `false` when one was there already. */
  async insertTogether(entities: readonly (Keys & Properties)[]): Promise<boolean> {
    const actions = entities.map((entity): TransactionAction => ['create', withoutNulls(entity)]);
    return this.call('add to', () => unlessConflict(this.client.submitTransaction(actions)));
  }

  /** Inserts the one and inserts or replaces the other, both or none, in one partition; `false` when either has changed meanwhile. */
  async insertAndReplace(added: Keys & Properties, changed: Keys & Properties, etag: string | null): Promise<boolean> {
    const change: TransactionAction =
      etag === null ? ['create', withoutNulls(changed)] : ['update', withoutNulls(changed), 'Replace', { etag }];
    return this.call('change', async () => {
      try {
        return await unlessConflict(this.client.submitTransaction([['create', withoutNulls(added)], change]));
      } catch (error) {
        if (isNotFound(error)) return false;
        throw error;
      }
    });
  }

  /** Inserts all and replaces the one that was read, all or none, in one partition; `false` when any was there already, or the one has changed. */
  async insertAllAndReplace(
    added: readonly (Keys & Properties)[],
    changed: Keys & Properties,
    etag: string,
  ): Promise<boolean> {
    const actions: TransactionAction[] = [
      ...added.map((entity): TransactionAction => ['create', withoutNulls(entity)]),
      ['update', withoutNulls(changed), 'Replace', { etag }],
    ];
    return this.call('add to', () => unlessConflict(this.client.submitTransaction(actions)));
  }

  /** Writes any number of rows of one partition, a hundred at a time. */
  async putAll(entities: readonly (Keys & Properties)[]): Promise<void> {
    await this.inBatches(entities.map((entity) => ['upsert', withoutNulls(entity), 'Replace']));
  }

  /** Writes one row and takes away others of its partition, all or nothing; together at most a hundred. */
  async putAndRemove(entity: Keys & Properties, gone: readonly Keys[]): Promise<void> {
    const actions: TransactionAction[] = [
      ['upsert', withoutNulls(entity), 'Replace'],
      ...gone.map(({ partitionKey, rowKey }): TransactionAction => ['delete', { partitionKey, rowKey }]),
    ];
    await this.call('change', () => this.client.submitTransaction(actions));
  }

  /** The first partition after one key and before another; null when there is none. */
  async nextPartition(after: string, below: string): Promise<string | null> {
    const filter = odata`PartitionKey gt ${after} and PartitionKey lt ${below}`;
    const entities = this.client.listEntities({ queryOptions: { filter, select: ['partitionKey'] } });
    const pages = entities.byPage({ maxPageSize: 1 });
    for (;;) {
      const page = await this.call('list', () => pages.next());
      if (page.done === true) return null;
      const [first] = page.value;
      if (first !== undefined) return (first as unknown as Entity).partitionKey;
    }
  }

  async removeAll(keys: readonly Keys[]): Promise<void> {
    // One that has gone would fail its whole batch: then each is deleted by itself.
    for (let first = 0; first < keys.length; first += BATCH) {
      const batch = keys.slice(first, first + BATCH);
      try {
        await this.inBatches(batch.map(({ partitionKey, rowKey }) => ['delete', { partitionKey, rowKey }]));
      } catch {
        for (const key of batch) await this.remove(key);
      }
    }
  }

  /** Rows of a partition in key order, from `from` on (exclusive) and below `to`. */
  async *rows(
    partitionKey: string,
    range: {
      readonly after?: string;
      readonly below?: string;
      readonly select?: string[];
      readonly pageSize?: number;
    } = {},
  ): AsyncGenerator<Entity> {
    const filters = [odata`PartitionKey eq ${partitionKey}`];
    if (range.after !== undefined) filters.push(odata`RowKey gt ${range.after}`);
    if (range.below !== undefined) filters.push(odata`RowKey lt ${range.below}`);
    const select = range.select === undefined ? {} : { select: ['partitionKey', 'rowKey', ...range.select] };
    const entities = this.client.listEntities({ queryOptions: { filter: filters.join(' and '), ...select } });
    const pages = entities.byPage({ maxPageSize: Math.min(1000, range.pageSize ?? 1000) });
    for (;;) {
      const page = await this.call('list', () => pages.next());
      if (page.done === true) return;
      for (const entity of page.value) yield toEntity(entity);
    }
  }

  private async inBatches(actions: readonly TransactionAction[]): Promise<void> {
    for (let first = 0; first < actions.length; first += BATCH) {
      await this.call('write to', () => this.client.submitTransaction(actions.slice(first, first + BATCH)));
    }
  }

  private async call<T>(doing: string, work: () => Promise<T>): Promise<T> {
    const what = `${doing} the table ${this.client.tableName}`;
    await this.make(what);
    return storageCall(what, work);
  }

  private make(what: string): Promise<void> {
    this.made ??= storageCall(what, () => this.create()).catch((error: unknown) => {
      this.made = undefined;
      throw error;
    });
    return this.made;
  }

  private async create(): Promise<void> {
    try {
      await this.client.createTable();
    } catch (error) {
      // 409 also while a table of that name is being deleted: then the next call says so.
      if (statusOf(error) !== 409) throw error;
    }
  }
}

async function unlessConflict(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (isConflict(error)) return false;
    throw error;
  }
}

/** Tables know no null: a property that is absent says the same. */
function withoutNulls(entity: Keys & Properties): Keys & Record<string, unknown> {
  return Object.fromEntries(Object.entries(entity).filter(([, value]) => value !== null)) as Keys &
    Record<string, unknown>;
}

function toEntity(entity: TableEntityResult<Record<string, unknown>>): ReadEntity {
  return entity as unknown as ReadEntity;
}
