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

const checksum = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);

/** Append-only journals, one file per instance. A record is `<checksum> <json>`; a torn last record is dropped. */
export class Journals {
  private readonly open = new Map<string, { fd: number; pending: (() => void)[]; syncing: boolean }>();

  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true });
  }

  /** Appends and waits until the record is on disk; appends of the same moment share one sync. */
  append(id: string, record: unknown): Promise<void> {
    const json = JSON.stringify(record);
    let entry = this.open.get(id);
    if (entry === undefined) {
      entry = { fd: openSync(this.fileOf(id), 'a'), pending: [], syncing: false };
      this.open.set(id, entry);
    }
    writeSync(entry.fd, `${checksum(json)} ${json}\n`);
    const { pending } = entry;
    return new Promise((resolve, reject) => {
      pending.push(resolve);
      this.sync(id, reject);
    });
  }

  private sync(id: string, fail: (error: Error) => void): void {
    const entry = this.open.get(id);
    if (entry === undefined || entry.syncing || entry.pending.length === 0) return;
    entry.syncing = true;
    const waiting = entry.pending.splice(0);
    fdatasync(entry.fd, (error) => {
      entry.syncing = false;
      if (error) fail(error);
      else for (const resolve of waiting) resolve();
      if (this.open.get(id) === entry) this.sync(id, fail);
    });
  }

  remove(id: string): void {
    this.close(id);
    rmSync(this.fileOf(id), { force: true });
  }

  close(id: string): void {
    const entry = this.open.get(id);
    if (entry === undefined) return;
    this.open.delete(id);
    if (!entry.syncing) closeSync(entry.fd);
    else setTimeout(() => closeSync(entry.fd), 1000).unref();
  }

  closeAll(): void {
    for (const id of [...this.open.keys()]) this.close(id);
  }

  /** All journals: the records of each, in order. */
  load(): unknown[][] {
    const journals: unknown[][] = [];
    for (const name of readdirSync(this.folder).filter((file) => file.endsWith('.ndjson'))) {
      const file = path.join(this.folder, name);
      const text = readFileSync(file, 'utf8');
      const records: unknown[] = [];
      let good = 0;
      for (const line of text.split('\n')) {
        const json = line.slice(13);
        if (line === '' || checksum(json) !== line.slice(0, 12)) break;
        records.push(JSON.parse(json));
        good += Buffer.byteLength(line) + 1;
      }
      if (good < Buffer.byteLength(text)) truncateSync(file, good);
      if (records.length > 0) journals.push(records);
    }
    return journals;
  }

  private fileOf(id: string): string {
    return path.join(this.folder, `${createHash('sha256').update(id).digest('hex').slice(0, 32)}.ndjson`);
  }
}
