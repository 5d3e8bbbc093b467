import type { Failure } from '../model/failure';
import { fromProperties, toProperties } from './json-property';
import { newestFirst } from './keys';
import type { ArtifactStore, BackfillEnd, BackfillRecord, BackfillRequest, BackfillStore } from './stores';
import type { Entity, Table } from './table';

const INDEX = 'index';
const ACTIVE = 'active';
const ROW = { request: 'request', cancel: 'cancel', end: 'end' } as const;

/** A partition for each backfill: its request, an intent to cancel it, its end; an index of all, and of those that have not ended. */
export class TableBackfillStore implements BackfillStore {
  constructor(
    private readonly table: Table,
    private readonly blobs: ArtifactStore,
  ) {}

  async create(request: BackfillRequest): Promise<boolean> {
    const { id, requestedAt } = request;
    // The indexes lead to it before it is there, and are read with suspicion: never is there one that they do not lead to.
    if ((await this.table.get(id, ROW.request)) !== null) return false;
    await this.table.put({ partitionKey: INDEX, rowKey: `${newestFirst(requestedAt)}-${id}`, id });
    await this.table.put({ partitionKey: ACTIVE, rowKey: id, since: requestedAt });
    const properties = await toProperties(this.blobs, 'request', request);
    return this.table.insert({ partitionKey: id, rowKey: ROW.request, ...properties });
  }

  async get(id: string): Promise<BackfillRecord | null> {
    const rows = new Map<string, Entity>();
    for await (const row of this.table.rows(id)) rows.set(row.rowKey, row);
    const row = rows.get(ROW.request);
    const request = row === undefined ? undefined : await fromProperties<BackfillRequest>(this.blobs, 'request', row);
    if (request === undefined) return null;
    const [cancel, end] = [rows.get(ROW.cancel), rows.get(ROW.end)];
    return {
      ...request,
      cancel:
        cancel === undefined
          ? null
          : { by: String(cancel['by']), reason: String(cancel['reason']), requestedAt: String(cancel['requestedAt']) },
      end: end === undefined ? null : endOf(end),
    };
  }

  async list({ pipeline, limit }: Parameters<BackfillStore['list']>[0]): Promise<readonly BackfillRecord[]> {
    const found: BackfillRecord[] = [];
    const seen = new Set<string>();
    for await (const entry of this.table.rows(INDEX, { pageSize: 200 })) {
      if (found.length >= limit) break;
      const id = String(entry['id']);
      const record = seen.has(id) ? null : await this.get(id);
      seen.add(id);
      if (record !== null && (pipeline === undefined || record.pipeline === pipeline)) found.push(record);
    }
    return found;
  }

  async requestCancel(id: string, by: string, reason: string, requestedAt: string): Promise<boolean> {
    const record = await this.get(id);
    if (record?.end !== null) return false;
    // The first intent stands: a second one changes nothing.
    await this.table.insert({ partitionKey: id, rowKey: ROW.cancel, by, reason, requestedAt });
    return true;
  }

  async end(id: string, { status, failure, endedAt }: BackfillEnd): Promise<string> {
    const text = failure === null ? null : JSON.stringify(failure).slice(0, 30_000);
    await this.table.insert({ partitionKey: id, rowKey: ROW.end, status, failure: text, endedAt });
    await this.table.remove({ partitionKey: ACTIVE, rowKey: id });
    const stored = (await this.table.get(id, ROW.end))?.['endedAt'];
    return typeof stored === 'string' ? stored : endedAt;
  }

  async active(): Promise<readonly BackfillRecord[]> {
    const found: BackfillRecord[] = [];
    for await (const entry of this.table.rows(ACTIVE)) {
      const record = await this.get(entry.rowKey);
      if (record !== null && record.end === null) found.push(record);
    }
    return found;
  }
}

function endOf(row: Entity): BackfillEnd {
  const { status, failure, endedAt } = row;
  return {
    status: status as BackfillEnd['status'],
    failure: typeof failure === 'string' ? (JSON.parse(failure) as Failure) : null,
    endedAt: String(endedAt),
  };
}
