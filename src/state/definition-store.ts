import { isDeepStrictEqual } from 'node:util';
import type { DefinitionEvent, DefinitionHead, DefinitionVersion } from '../model/definition-version';
import { fromProperties, toProperties } from './json-property';
import { ascending, safeKey } from './keys';
import type { ArtifactStore, DefinitionStore, Versioned } from './stores';
import type { Entity, ReadEntity, Table } from './table';

const END = Number.MAX_SAFE_INTEGER;

/**
 * Versions of definitions in a table: a partition for each environment, so that one question tells the heads of all pipelines. Pipelines' names hold no
 * colon, and none sorts behind `;` after one.
 */
export class TableDefinitionStore implements DefinitionStore {
  constructor(
    private readonly table: Table,
    private readonly blobs: ArtifactStore,
  ) {}

  async heads(environment: string): Promise<ReadonlyMap<string, Versioned<DefinitionHead>>> {
    const found = new Map<string, Versioned<DefinitionHead>>();
    for await (const entity of this.table.rows(safeKey(environment), { after: 'head:', below: 'head;' })) {
      const value = await this.read<DefinitionHead>(entity);
      found.set(value.pipeline, { value, etag: (entity as ReadEntity).etag });
    }
    return found;
  }

  async saveHead(
    environment: string,
    head: DefinitionHead,
    event: DefinitionEvent,
    etag: string | null,
  ): Promise<boolean> {
    const partitionKey = safeKey(environment);
    const rowKey = `head:${safeKey(head.pipeline)}`;
    const newestFirst = ascending(END - head.version);
    const added = {
      partitionKey,
      rowKey: `event:${safeKey(head.pipeline)}:${newestFirst}`,
      ...(await toProperties(this.blobs, 'value', event)),
    };
    const changed = { partitionKey, rowKey, ...(await toProperties(this.blobs, 'value', head)) };
    if (await this.table.insertAndReplace(added, changed, etag)) return true;
    // The answer to a write can get lost: then what stands there is what was to be written.
    const stored = await this.table.get(partitionKey, rowKey);
    return stored !== null && isDeepStrictEqual(await this.read(stored), JSON.parse(JSON.stringify(head)));
  }

  async put(version: DefinitionVersion): Promise<void> {
    const { environment, pipeline, hash } = version;
    await this.table.insert({
      partitionKey: safeKey(environment),
      rowKey: `version:${safeKey(pipeline)}:${hash}`,
      ...(await toProperties(this.blobs, 'value', version)),
    });
  }

  async get(environment: string, pipeline: string, hash: string): Promise<DefinitionVersion | null> {
    const entity = await this.table.get(safeKey(environment), `version:${safeKey(pipeline)}:${hash}`);
    return entity === null ? null : this.read(entity);
  }

  async list(environment: string, pipeline: string, beginsWith = ''): Promise<readonly DefinitionVersion[]> {
    const prefix = `version:${safeKey(pipeline)}:`;
    const found: DefinitionVersion[] = [];
    // Hashes are hex: nothing of theirs sorts behind a tilde.
    const range = { after: `${prefix}${beginsWith}`.slice(0, -1), below: `${prefix}${beginsWith}~` };
    for await (const entity of this.table.rows(safeKey(environment), range)) {
      if (entity.rowKey.startsWith(prefix + beginsWith)) found.push(await this.read<DefinitionVersion>(entity));
    }
    return found.toSorted((one, other) => (one.firstSeenAt > other.firstSeenAt ? -1 : 1));
  }

  async events(environment: string, pipeline: string, limit: number): Promise<readonly DefinitionEvent[]> {
    const prefix = `event:${safeKey(pipeline)}`;
    const found: DefinitionEvent[] = [];
    const range = { after: `${prefix}:`, below: `${prefix};`, pageSize: limit };
    for await (const entity of this.table.rows(safeKey(environment), range)) {
      if (found.length >= limit) break;
      found.push(await this.read<DefinitionEvent>(entity));
    }
    return found;
  }

  private async read<T>(entity: Entity): Promise<T> {
    const value = await fromProperties<T>(this.blobs, 'value', entity);
    if (value === undefined) throw new RangeError(`The row ${entity.rowKey} of the definitions has no value.`);
    return value;
  }
}
