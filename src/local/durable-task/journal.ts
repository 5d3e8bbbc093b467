import { createHash } from 'node:crypto';
import {
  closeSync,
  fdatasync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';

/** Files that are kept open; one more closes the one that has been idle for longest. */
const OPEN_FILES = 256;
const EXTENSION = '.ndjson';
const CHECKSUM_LENGTH = 12;

interface Journal {
  readonly fd: number;
  /** Appends that wait for the next sync. */
  waiting: { resolve: () => void; reject: (error: Error) => void }[];
  syncing: boolean;
  closing: boolean;
}

/**
 * Append-only journals, one file per instance. A record is a line: a checksum, a space, JSON. What a killed host left half
 * written at the end is recognised by the checksum and cut off.
 */
export class Journals {
  /** In the order of their last use. */
  private readonly open = new Map<string, Journal>();

  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true });
  }

  /** Appends a record and resolves when it is on disk; appends of the same moment share one sync. */
  append(id: string, record: unknown): Promise<void> {
    const json = JSON.stringify(record);
    const journal = this.journalOf(id);
    writeSync(journal.fd, `${checksum(json)} ${json}\n`);
    return new Promise((resolve, reject) => {
      journal.waiting.push({ resolve, reject });
      sync(journal);
    });
  }

  /** Deletes a journal. */
  remove(id: string): void {
    this.close(id);
    rmSync(this.fileOf(id), { force: true });
  }

  closeAll(): void {
    for (const id of [...this.open.keys()]) this.close(id);
  }

  /** All journals: the records of each, in order. Files without a whole record are deleted. */
  load(): unknown[][] {
    const names = readdirSync(this.folder).filter((name) => name.endsWith(EXTENSION));
    return names.flatMap((name) => {
      const file = path.join(this.folder, name);
      const records = readRecords(file);
      if (records.length > 0) return [records];
      rmSync(file);
      return [];
    });
  }

  private journalOf(id: string): Journal {
    const known = this.open.get(id);
    const journal = known ?? { fd: openSync(this.fileOf(id), 'a'), waiting: [], syncing: false, closing: false };
    this.open.delete(id);
    this.open.set(id, journal);
    if (this.open.size > OPEN_FILES) {
      const [oldest] = this.open.keys();
      if (oldest !== undefined) this.close(oldest);
    }
    return journal;
  }

  private close(id: string): void {
    const journal = this.open.get(id);
    if (journal === undefined) return;
    this.open.delete(id);
    journal.closing = true;
    if (!journal.syncing) closeSync(journal.fd);
  }

  private fileOf(id: string): string {
    return path.join(this.folder, `${createHash('sha256').update(id).digest('hex').slice(0, 32)}${EXTENSION}`);
  }
}

function sync(journal: Journal): void {
  if (journal.syncing) return;
  if (journal.waiting.length === 0) {
    if (journal.closing) closeSync(journal.fd);
    return;
  }
  journal.syncing = true;
  const waiting = journal.waiting.splice(0);
  fdatasync(journal.fd, (error) => {
    journal.syncing = false;
    for (const { resolve, reject } of waiting) {
      if (error === null) resolve();
      else reject(error);
    }
    sync(journal);
  });
}

function readRecords(file: string): unknown[] {
  const bytes = readFileSync(file);
  const records: unknown[] = [];
  let good = 0;
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, good)) {
    const line = bytes.toString('utf8', good, end);
    const json = line.slice(CHECKSUM_LENGTH + 1);
    if (checksum(json) !== line.slice(0, CHECKSUM_LENGTH)) break;
    records.push(JSON.parse(json));
    good = end + 1;
  }
  if (good < bytes.length) truncateSync(file, good);
  return records;
}

function checksum(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, CHECKSUM_LENGTH);
}
