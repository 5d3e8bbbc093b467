import { StorageConflictError } from '../errors/storage-conflict-error';
import type { Alert, AlertEvent, AlertNote } from '../model/alert';
import { Documents } from './documents';
import { newestFirst, sha256 } from './keys';
import type { AlertStore, ArtifactStore } from './stores';
import type { Entity, Table } from './table';

const ATTEMPTS = 10;
/** Partitions of the index: every alert, the newest first; and those that are not resolved. */
const INDEX = { all: 'all', open: 'open' } as const;
const ROW = {
  alert: (number: number) => `a:${String(number).padStart(6, '0')}`,
  event: (event: string) => `e:${sha256(event).slice(0, 32)}`,
  note: (number: string, { at, event, by, text }: AlertNote) =>
    `n:${number}:${String(Date.parse(at)).padStart(13, '0')}:${sha256(JSON.stringify([event, by, text])).slice(0, 16)}`,
};
/** Alerts that one listing looks at before it hands back a continuation, however few of them fit. */
const MOST_LOOKED_AT = 1000;

/**
 * Alerts in tables: a partition for each key, with its alerts one after the other, the events that raised them, and what happened to them. The index is
 * written before and read with suspicion.
 */
export class TableAlertStore implements AlertStore {
  private readonly alerts: Documents<Alert | AlertNote | { readonly alert: string }>;

  constructor(
    private readonly tables: { readonly alerts: Table; readonly index: Table },
    blobs: ArtifactStore,
  ) {
    this.alerts = new Documents(tables.alerts, blobs);
  }

  async raise({
    event,
    at,
    ...subject
  }: AlertEvent): Promise<{ readonly alert: Alert; readonly raised: 'new' | 'joined' | 'known' }> {
    const partition = partitionOf(subject.key);
    const eventRow = ROW.event(event);
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const known = await this.alerts.get(partition, eventRow);
      if (known !== null) {
        const alert = await this.get((known.value as { readonly alert: string }).alert);
        if (alert !== null) return { alert, raised: 'known' };
      }
      const last = await this.lastOf(partition);
      const joins = last !== null && last.value.state !== 'resolved';
      const number = joins ? last.number : (last?.number ?? 0) + 1;
      const alert: Alert = joins
        ? { ...last.value, ...subject, lastAt: later(last.value.lastAt, at), count: last.value.count + 1 }
        : {
            ...subject,
            id: `${partition}-${number}`,
            state: 'open',
            firstAt: at,
            lastAt: at,
            count: 1,
            groups: {},
            acknowledged: null,
            resolved: null,
          };
      if (!joins) await this.enterIndex(alert);
      const changed = { rowKey: ROW.alert(number), value: alert, etag: joins ? last.etag : null };
      if (await this.alerts.addBeside(partition, { rowKey: eventRow, value: { alert: alert.id } }, changed)) {
        await this.note(alert.id, { at, event: joins ? 'again' : 'raised', by: 'sluice', text: subject.what });
        return { alert, raised: joins ? 'joined' : 'new' };
      }
    }
    throw new StorageConflictError(`raising the alert ${subject.key}`);
  }

  async get(id: string): Promise<Alert | null> {
    const place = placeOf(id);
    return place === null
      ? null
      : (((await this.alerts.get(place.partition, place.row))?.value as Alert | undefined) ?? null);
  }

  async change(id: string, change: (alert: Alert) => Alert | null): Promise<Alert | null> {
    const place = placeOf(id);
    if (place === null) return null;
    const alert = (await this.alerts.change(place.partition, place.row, (value) =>
      change(value as Alert),
    )) as Alert | null;
    if (alert?.state === 'resolved') await this.tables.index.remove({ partitionKey: INDEX.open, rowKey: id });
    return alert;
  }

  async unresolved(): Promise<readonly Alert[]> {
    const found: Alert[] = [];
    for await (const { rowKey } of this.tables.index.rows(INDEX.open)) {
      const alert = await this.get(rowKey);
      if (alert !== null && alert.state !== 'resolved') found.push(alert);
      // The other half of a change that died in between.
      else if (alert !== null) await this.tables.index.remove({ partitionKey: INDEX.open, rowKey });
    }
    return found;
  }

  async unresolvedOf(key: string): Promise<Alert | null> {
    const last = await this.lastOf(partitionOf(key));
    return last === null || last.value.state === 'resolved' ? null : last.value;
  }

  async list({ state, pipeline, kind, severity, limit, continuation }: Parameters<AlertStore['list']>[0]) {
    const alerts: Alert[] = [];
    const after = continuation === undefined ? {} : { after: continuation };
    let lookedAt = 0;
    let last: string | null = null;
    for await (const entry of this.tables.index.rows(INDEX.all, { ...after, pageSize: Math.min(limit + 1, 200) })) {
      // One more is there: only then is there a next page.
      if (alerts.length >= limit || lookedAt >= MOST_LOOKED_AT) return { alerts, continuation: last };
      last = entry.rowKey;
      lookedAt += 1;
      const alert = await this.get(idIn(entry));
      const fits =
        alert !== null &&
        (state === undefined || alert.state === state) &&
        (pipeline === undefined || alert.pipeline === pipeline) &&
        (kind === undefined || alert.kind === kind) &&
        (severity === undefined || alert.severity === severity);
      if (fits) alerts.push(alert);
    }
    return { alerts, continuation: null };
  }

  async note(id: string, note: AlertNote): Promise<void> {
    const place = placeOf(id);
    if (place === null) return;
    // The same note again is the same row.
    await this.alerts.save(place.partition, ROW.note(place.row.slice(2), note), note, null);
  }

  async notes(id: string): Promise<readonly AlertNote[]> {
    const place = placeOf(id);
    if (place === null) return [];
    const prefix = `n:${place.row.slice(2)}`;
    const notes: AlertNote[] = [];
    for await (const { value } of this.alerts.list(place.partition, { after: `${prefix}:`, below: `${prefix};` })) {
      notes.push(value as AlertNote);
    }
    return notes;
  }

  private async lastOf(partition: string) {
    let last: { readonly value: Alert; readonly etag: string | null; readonly number: number } | null = null;
    for await (const { value, etag, rowKey } of this.alerts.list(partition, { after: 'a:', below: 'a;' })) {
      last = { value: value as Alert, etag, number: Number(rowKey.slice(2)) };
    }
    return last;
  }

  private async enterIndex({ id, firstAt }: Alert): Promise<void> {
    await this.tables.index.put({ partitionKey: INDEX.all, rowKey: `${newestFirst(firstAt)}-${id}`, id });
    await this.tables.index.put({ partitionKey: INDEX.open, rowKey: id });
  }
}

function partitionOf(key: string): string {
  return `al-${sha256(key).slice(0, 24)}`;
}

function placeOf(id: string): { readonly partition: string; readonly row: string } | null {
  const match = /^(al-[0-9a-f]{24})-(\d{1,6})$/.exec(id);
  return match?.[1] === undefined ? null : { partition: match[1], row: ROW.alert(Number(match[2])) };
}

function idIn(entry: Entity): string {
  return String(entry['id']);
}

function later(one: string, other: string): string {
  return one > other ? one : other;
}
