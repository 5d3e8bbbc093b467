import { StorageConflictError } from '../errors/storage-conflict-error';
import type { AlertGroup, AlertSend } from '../model/alert-group';
import { Documents } from './documents';
import { newestFirst, safeKey, sha256 } from './keys';
import type { AlertGroupStore, ArtifactStore } from './stores';
import type { Table } from './table';

const ATTEMPTS = 10;
const INDEX = { all: 'all', open: 'open' } as const;
const TOKENS = 'tokens';
const MOST_ALERTS = 500;

/** Groups in a table: a partition for each key with its groups one after the other; one for each group with its messages; links that were used. */
export class TableAlertGroupStore implements AlertGroupStore {
  private readonly groups: Documents<AlertGroup>;
  private readonly messages: Documents<AlertSend>;

  constructor(
    private readonly table: Table,
    blobs: ArtifactStore,
  ) {
    this.groups = new Documents(table, blobs);
    this.messages = new Documents(table, blobs);
  }

  async join(alert: string, { key, ...made }: Parameters<AlertGroupStore['join']>[1]): Promise<AlertGroup> {
    const partition = partitionOf(key);
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const last = await this.lastOf(partition);
      if (last?.value.alerts.includes(alert)) return last.value;
      if (last !== null && last.value.closedAt === null) {
        const alerts = [...last.value.alerts, alert].slice(0, MOST_ALERTS);
        const group = { ...last.value, alerts, joined: last.value.joined + 1 };
        if (await this.groups.save(partition, last.rowKey, group, last.etag)) return group;
        continue;
      }
      const number = (last === null ? 0 : Number(last.rowKey.slice(2))) + 1;
      const id = `${partition}-${number}`;
      const group: AlertGroup = { ...made, id, key, alerts: [alert], joined: 1, closedAt: null };
      await this.table.put({
        partitionKey: INDEX.all,
        rowKey: `${newestFirst(made.createdAt)}-${id}`,
        id,
        at: made.createdAt,
      });
      await this.table.put({ partitionKey: INDEX.open, rowKey: id });
      if (await this.groups.save(partition, rowOf(number), group, null)) return group;
    }
    throw new StorageConflictError(`joining the group ${key}`);
  }

  async get(id: string): Promise<AlertGroup | null> {
    const place = placeOf(id);
    return place === null ? null : ((await this.groups.get(place.partition, place.row))?.value ?? null);
  }

  async close(id: string, at: string, mayClose: (group: AlertGroup) => Promise<boolean>): Promise<boolean> {
    const place = placeOf(id);
    const found = place === null ? null : await this.groups.get(place.partition, place.row);
    if (place === null || found === null) return true;
    if (found.value.closedAt === null) {
      if (!(await mayClose(found.value))) return false;
      // An alert that joined meanwhile keeps it open.
      if (!(await this.groups.save(place.partition, place.row, { ...found.value, closedAt: at }, found.etag)))
        return false;
    }
    await this.table.remove({ partitionKey: INDEX.open, rowKey: id });
    return true;
  }

  async open(): Promise<readonly AlertGroup[]> {
    const found: AlertGroup[] = [];
    for await (const { rowKey } of this.table.rows(INDEX.open)) {
      const group = await this.get(rowKey);
      if (group?.closedAt === null) found.push(group);
    }
    return found;
  }

  async isOpen(key: string): Promise<boolean> {
    return (await this.lastOf(partitionOf(key)))?.value.closedAt === null;
  }

  async madeSince(at: string): Promise<readonly string[]> {
    const times: string[] = [];
    for await (const row of this.table.rows(INDEX.all, { below: `${newestFirst(at)};` })) times.push(String(row['at']));
    return times;
  }

  async send(group: string, message: string, channel: string) {
    return this.messages.get(sendsOf(group), sendKey(message, channel));
  }

  async saveSend(send: AlertSend, etag: string | null): Promise<boolean> {
    return this.messages.save(sendsOf(send.group), sendKey(send.message, send.channel), send, etag);
  }

  async sends(group: string): Promise<readonly AlertSend[]> {
    const found: AlertSend[] = [];
    for await (const { value } of this.messages.list(sendsOf(group))) found.push(value);
    return found.toSorted((a, b) => (a.firstAt < b.firstAt ? -1 : 1));
  }

  async useToken(nonce: string, at: string): Promise<boolean> {
    return this.table.insert({ partitionKey: TOKENS, rowKey: safeKey(nonce), at });
  }

  async isTokenUsed(nonce: string): Promise<boolean> {
    return (await this.table.get(TOKENS, safeKey(nonce))) !== null;
  }

  private async lastOf(partition: string) {
    let last = null;
    for await (const row of this.groups.list(partition, { after: 'g:', below: 'g;' })) last = row;
    return last;
  }
}

function partitionOf(key: string): string {
  return `ag-${sha256(key).slice(0, 24)}`;
}

function rowOf(number: number): string {
  return `g:${String(number).padStart(6, '0')}`;
}

function placeOf(id: string): { readonly partition: string; readonly row: string } | null {
  const match = /^(ag-[0-9a-f]{24})-(\d{1,6})$/.exec(id);
  return match?.[1] === undefined ? null : { partition: match[1], row: rowOf(Number(match[2])) };
}

function sendsOf(group: string): string {
  return `sends:${group}`;
}

function sendKey(message: string, channel: string): string {
  return `${safeKey(message)}:${safeKey(channel)}`;
}
