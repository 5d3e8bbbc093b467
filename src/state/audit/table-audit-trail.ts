import { setTimeout as sleep } from 'node:timers/promises';
import { StorageConflictError } from '../../errors/storage-conflict-error';
import { fromProperties, toProperties } from '../json-property';
import { ascending, newestFirst, sha256 } from '../keys';
import type { ArtifactStore, AuditEntry, AuditTrail } from '../stores';
import type { Properties, Table } from '../table';
import { canonicalJson } from './canonical-json';
import { chained, ORIGIN, type ChainedEntry, type ChainEnd } from './chained-entry';
import type { FoundEntry } from './verify-chain';

/** Entries written in one transaction: each is two rows of the hundred that one may have, and the head is one. */
const BATCH = 40;
/** Writers of other instances that may come in between before this one gives up. */
const ATTEMPTS = 40;
const LONGEST_WAIT_MS = 400;
/** A repeated entry is looked for in the days since its own. */
const MOST_DAYS_BACK = 40;
/** An activity is run again within this time, or never. */
const DAYS_OF_A_REPETITION = 3;
const DAYS = 'days';
const HEAD = 'head';

interface Head extends ChainEnd {
  /** The day that comes after this one; nothing is added to a day that has one. */
  readonly next: string | null;
  readonly etag: string;
}
interface Waiting {
  readonly entry: AuditEntry;
  /** Of the row that tells a repetition. */
  readonly key: string;
  /** The key was given: a repetition may have another time, even on another day. */
  readonly named: boolean;
  readonly resolve: (record: ChainedEntry | null) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The audit trail as chains of entries, one for each day, in one table. A day is a partition: its entries (`e:<sequence>`), for each a row that tells a
 * repetition (`k:<hash of the entry>`), and its head. All three change in one transaction that names the head as it was read, so that of several writers one
 * comes first, the others read again, and nobody who dies leaves half an entry. A new day first closes the one before and then carries its last hash.
 */
export class TableAuditTrail implements AuditTrail {
  private latest: string | undefined;
  private waiting: Waiting[] = [];
  private writing: Promise<void> | undefined;

  constructor(
    private readonly table: Table,
    private readonly blobs: ArtifactStore,
  ) {}

  async append(entry: AuditEntry, key?: string): Promise<void> {
    await this.record(entry, key);
  }

  /** Null for an entry that is there already. */
  record(entry: AuditEntry, key?: string): Promise<ChainedEntry | null> {
    const done = new Promise<ChainedEntry | null>((resolve, reject) => {
      this.waiting.push({ entry, key: keyOf(entry, key), named: key !== undefined, resolve, reject });
    });
    this.writing ??= this.writeAll().finally(() => {
      this.writing = undefined;
    });
    return done;
  }

  async list({ day, limit }: Parameters<AuditTrail['list']>[0]): Promise<readonly AuditEntry[]> {
    const head = await this.head(day);
    if (head === null) return [];
    const entries: AuditEntry[] = [];
    for await (const { found } of this.entries(day, { after: Math.max(0, head.sequence - limit) })) {
      if (found !== null) entries.push(found.entry);
    }
    return entries.reverse().slice(0, limit);
  }

  async *entries(
    day: string,
    { after = 0, to }: { readonly after?: number; readonly to?: number } = {},
  ): AsyncGenerator<FoundEntry> {
    const range = { after: entryKey(after), below: to === undefined ? 'f' : entryKey(to + 1) };
    for await (const entity of this.table.rows(day, range)) {
      const place = Number(/^e:(\d{16})$/.exec(entity.rowKey)?.[1] ?? Number.NaN);
      if (!Number.isSafeInteger(place)) continue;
      const found = await fromProperties<ChainedEntry>(this.blobs, 'entry', entity).catch(() => undefined);
      yield { place, found: isChained(found) ? found : null };
    }
  }

  async end(day: string): Promise<(ChainEnd & { readonly next: string | null }) | null> {
    return this.head(day);
  }

  async days(): Promise<readonly string[]> {
    const days = new Set<string>();
    for await (const { day } of this.table.rows(DAYS)) if (isDay(day)) days.add(day);
    // A day that somebody struck from the list is still named by the one before it.
    for (const day of [...days]) {
      for (let next = (await this.head(day))?.next ?? null; next !== null && !days.has(next);) {
        days.add(next);
        next = (await this.head(next))?.next ?? null;
      }
    }
    return [...days].sort();
  }

  private async writeAll(): Promise<void> {
    while (this.waiting.length > 0) {
      const [first] = this.waiting;
      const day = dayOf(first?.entry.at ?? '');
      // Entries of one day go together; an entry that is given twice at once is one.
      const batch = this.waiting.filter(({ entry }) => dayOf(entry.at) === day).slice(0, BATCH);
      this.waiting = this.waiting.filter((each) => !batch.includes(each));
      try {
        const since = batch.some(({ named }) => named) ? daysBefore(day, DAYS_OF_A_REPETITION) : day;
        const records = await this.write(day, since, [...new Map(batch.map(({ entry, key }) => [key, entry]))]);
        const given = new Set<string>();
        for (const { key, resolve } of batch) {
          resolve(given.has(key) ? null : (records.get(key) ?? null));
          given.add(key);
        }
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
  }

  /** Adds what is not there yet; gives what was added, by key. */
  private async write(day: string, since: string, entries: readonly (readonly [string, AuditEntry])[]) {
    let missing = entries;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const head = await this.openHead(day);
      // In the day of the entry itself the transaction finds out by itself, which is the usual case.
      if (attempt > 0 || head.day !== since) missing = await this.notYetThere(missing, head, since);
      if (missing.length === 0) return new Map<string, ChainedEntry>();
      const records: ChainedEntry[] = [];
      let end: ChainEnd = head;
      for (const [, entry] of missing) {
        const record = chained(end, entry);
        records.push(record);
        end = { ...end, sequence: record.sequence, hash: record.hash };
      }
      const rows = await Promise.all(records.map((record) => this.rowOf(record)));
      const keys = missing.map(([key], index) => ({
        partitionKey: head.day,
        rowKey: key,
        sequence: records[index]?.sequence ?? 0,
      }));
      const added = await this.table.insertAllAndReplace(
        [...rows, ...keys],
        headRow({ ...end, next: null }),
        head.etag,
      );
      if (added) return new Map(records.map((record, index) => [missing[index]?.[0] ?? '', record]));
      await sleep(Math.random() * Math.min(LONGEST_WAIT_MS, 10 * (attempt + 1)));
    }
    throw new StorageConflictError(`the audit trail of ${day}`);
  }

  private async rowOf(record: ChainedEntry) {
    const properties = await toProperties(this.blobs, 'entry', record);
    return { partitionKey: record.day, rowKey: entryKey(record.sequence), ...properties };
  }

  /** Those of the entries that no day from their own on has. */
  private async notYetThere(entries: readonly (readonly [string, AuditEntry])[], head: ChainEnd, since: string) {
    const days: string[] = [];
    for (let at: ChainEnd | null = head; at !== null && at.day >= since && days.length < MOST_DAYS_BACK;) {
      days.push(at.day);
      at = at.after === null ? null : await this.head(at.after);
    }
    const there = await Promise.all(
      entries.map(async ([key]) => {
        for (const day of days) if ((await this.table.get(day, key)) !== null) return true;
        return false;
      }),
    );
    return entries.filter((_, index) => there[index] === false);
  }

  /** The head that entries of a day are added to: of that day, or of the latest one where that day is closed. */
  private async openHead(day: string): Promise<Head> {
    this.latest ??= await this.latestDay();
    for (;;) {
      const latest = this.latest;
      if (latest === undefined) {
        await this.begin({ day, sequence: 0, hash: ORIGIN, after: null });
        this.latest = (await this.latestDay()) ?? day;
        continue;
      }
      const head = await this.head(latest);
      if (head === null) {
        await this.restore(latest);
        continue;
      }
      if (head.next === null && day <= latest) return head;
      const next = head.next ?? day;
      if (head.next === null) {
        const closed = await this.table.replace(headRow({ ...head, next }), head.etag);
        if (!closed) continue;
      }
      // Whoever closed the day may have died before beginning the next: then this does it.
      await this.begin({ day: next, sequence: 0, hash: head.hash, after: head.day });
      this.latest = next;
    }
  }

  /** Somebody took the head of a day away. What is done from now on is noted all the same; verification says what is missing. */
  private async restore(day: string): Promise<void> {
    let end: ChainEnd = { day, sequence: 0, hash: ORIGIN, after: null };
    for await (const { place, found } of this.entries(day)) {
      end = { day, sequence: place, hash: found?.hash ?? end.hash, after: found?.after ?? end.after };
    }
    await this.begin(end);
  }

  private async begin(end: ChainEnd): Promise<void> {
    await this.table.insert(headRow({ ...end, next: null }));
    await this.table.insert({ partitionKey: DAYS, rowKey: newestFirst(`${end.day}T00:00:00.000Z`), day: end.day });
  }

  private async latestDay(): Promise<string | undefined> {
    for await (const { day } of this.table.rows(DAYS, { pageSize: 1 })) if (isDay(day)) return day;
    return undefined;
  }

  private async head(day: string): Promise<Head | null> {
    const row = await this.table.get(day, HEAD);
    if (row === null) return null;
    const { sequence, hash, after, next, etag } = row as unknown as Head;
    return { day, sequence, hash, after: after ?? null, next: next ?? null, etag };
  }
}

function headRow({ day, sequence, hash, after, next }: ChainEnd & { readonly next: string | null }) {
  return { partitionKey: day, rowKey: HEAD, sequence, hash, after, next } satisfies Properties & {
    partitionKey: string;
    rowKey: string;
  };
}

const entryKey = (sequence: number): string => `e:${ascending(sequence)}`;
const keyOf = (entry: AuditEntry, key?: string): string => `k:${sha256(key ?? canonicalJson(entry))}`;
const daysBefore = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00.000Z`) - days * 86_400_000).toISOString().slice(0, 10);
const dayOf = (at: string): string => at.slice(0, 10);
const isDay = (value: unknown): value is string => typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value);

function isChained(value: ChainedEntry | undefined): value is ChainedEntry {
  const { day, sequence, previous, entry, hash } = (value ?? {}) as Partial<Record<keyof ChainedEntry, unknown>>;
  const texts = [day, previous, hash].every((text) => typeof text === 'string');
  return texts && typeof sequence === 'number' && typeof entry === 'object' && entry !== null;
}
