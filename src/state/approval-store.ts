import type { ApprovalDecision, ApprovalEnd, ApprovalRecord, ApprovalRequest } from '../model/approval';
import { approvalState } from '../model/approval';
import { fromProperties, toProperties } from './json-property';
import { newestFirst } from './keys';
import type { ApprovalStore, ArtifactStore } from './stores';
import type { Table } from './table';

const ROW = { request: 'request', decision: 'decision', end: 'end' } as const;
/** Partitions of the index: every approval, newest first, and those of which something is still to be done. */
const INDEX = { all: '~all', open: '~open' } as const;
/** Approvals that one listing looks at, however few of them match. */
const MOST_LOOKED_AT = 1000;

/**
 * Approvals in a table: a partition for each, whose rows are inserted once and never changed, so that of two decisions the first one stands. The
 * index is written before the request and read with suspicion: an entry may lead to nothing.
 */
export class TableApprovalStore implements ApprovalStore {
  constructor(
    private readonly table: Table,
    private readonly blobs: ArtifactStore,
  ) {}

  async create(request: ApprovalRequest): Promise<boolean> {
    const { id: partitionKey, requestedAt } = request;
    if ((await this.table.get(partitionKey, ROW.request)) !== null) return false;
    const rowKey = `${newestFirst(requestedAt)}-${partitionKey}`;
    await this.table.put({ partitionKey: INDEX.all, rowKey, id: partitionKey });
    await this.table.put({ partitionKey: INDEX.open, rowKey: partitionKey });
    return this.insert(partitionKey, ROW.request, request);
  }

  async get(id: string): Promise<ApprovalRecord | null> {
    const request = await this.read<ApprovalRequest>(id, ROW.request);
    if (request === null) return null;
    // The end before the decision: what has ended was decided.
    const end = await this.read<ApprovalEnd>(id, ROW.end);
    return { ...request, decision: await this.read<ApprovalDecision>(id, ROW.decision), end };
  }

  async list({ state, limit }: Parameters<ApprovalStore['list']>[0]): Promise<readonly ApprovalRecord[]> {
    const found: ApprovalRecord[] = [];
    let lookedAt = 0;
    for await (const { rowKey, id } of this.table.rows(INDEX.all, { pageSize: Math.min(limit + 1, 200) })) {
      if (found.length >= limit || lookedAt >= MOST_LOOKED_AT) break;
      lookedAt += 1;
      const record = await this.get(String(id));
      if (record === null || rowKey !== `${newestFirst(record.requestedAt)}-${record.id}`) continue;
      if (state === undefined || approvalState(record) === state) found.push(record);
    }
    return found;
  }

  async decide(id: string, decision: ApprovalDecision): Promise<ApprovalDecision> {
    await this.insert(id, ROW.decision, decision);
    return (await this.read<ApprovalDecision>(id, ROW.decision)) ?? decision;
  }

  async end(id: string, end: ApprovalEnd): Promise<void> {
    await this.insert(id, ROW.end, end);
    await this.table.remove({ partitionKey: INDEX.open, rowKey: id });
  }

  async open(): Promise<readonly ApprovalRecord[]> {
    const found: ApprovalRecord[] = [];
    for await (const { rowKey } of this.table.rows(INDEX.open)) {
      const record = await this.get(rowKey);
      if (record !== null && record.end === null) found.push(record);
    }
    return found;
  }

  private async insert(partitionKey: string, rowKey: string, value: unknown): Promise<boolean> {
    return this.table.insert({ partitionKey, rowKey, ...(await toProperties(this.blobs, 'value', value)) });
  }

  private async read<T>(partitionKey: string, rowKey: string): Promise<T | null> {
    const row = await this.table.get(partitionKey, rowKey);
    return row === null ? null : ((await fromProperties<T>(this.blobs, 'value', row)) ?? null);
  }
}
