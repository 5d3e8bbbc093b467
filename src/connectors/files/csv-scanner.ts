import { isUtf8 } from 'node:buffer';
import { parseCsvRecord, quoteCsvRecord } from './csv-record';

/** How delimited text is written: one-byte characters, a quote inside quotes is doubled. */
export interface CsvDialect {
  readonly delimiter: string;
  readonly quote: string;
  readonly header: boolean;
}

/** Who is told about records, in the order of the file. `row` is the one-based number of the data row; buffers are not kept. */
export interface CsvListener {
  /** The first record, where the dialect has a header. Gives the number of fields that every row must have. */
  header(fields: readonly string[]): number;
  /** Without a header: how many fields every row must have, asked when the first record has come. */
  columns(fields: readonly string[]): number;
  row(row: number, record: Uint8Array): void;
  reject(row: number, reason: string, raw: Buffer): void;
}

/** The longest record in bytes: a quote that is never closed must not fill the memory. */
export const MAX_RECORD_BYTES = 8 << 20;

const LF = 10;
const CR = 13;
const NUL = 0;

/** A record that ends at `end`, its line end excluded; `next` is where the following one begins. */
interface Found {
  readonly end: number;
  readonly next: number;
  readonly fields: number;
  /** A quote inside an unquoted field: legal for us, but readers differ, so such records are quoted anew. */
  readonly stray: boolean;
}

/**
 * Splits CSV (RFC 4180, UTF-8) into records as it arrives, numbers them, and takes out those that no reader could use: too few or
 * too many fields, text after a closing quote, a quote that is never closed, NUL, bytes that are no UTF-8. Line ends may be LF,
 * CRLF or CR, mixed. Of a record with a broken quote only the first line is rejected and reading goes on with the next line, so
 * that one stray quote does not swallow the rest of the file. Empty lines are no records, unless the file has one column.
 */
export class CsvScanner {
  /** Data rows so far, good ones and rejects. */
  rows = 0;
  private buffer: Buffer = Buffer.alloc(0);
  private start = 0;
  private ended = false;
  private begun = false;
  private headerDone: boolean;
  private expected = -1;
  /** Whether the buffer holds neither NUL nor anything but UTF-8; otherwise each record is looked at. */
  private clean = true;
  private readonly delimiter: number;
  private readonly quote: number;

  constructor(
    private readonly dialect: CsvDialect,
    private readonly listener: CsvListener,
  ) {
    this.delimiter = dialect.delimiter.charCodeAt(0);
    this.quote = dialect.quote.charCodeAt(0);
    this.headerDone = !dialect.header;
  }

  push(chunk: Buffer): void {
    this.buffer = this.start >= this.buffer.length ? chunk : Buffer.concat([this.buffer.subarray(this.start), chunk]);
    this.start = 0;
    if (!this.begun && this.buffer.length < 3) return;
    this.scan();
  }

  end(): void {
    this.ended = true;
    this.scan();
  }

  private scan(): void {
    const { buffer } = this;
    if (!this.begun && buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf) this.start = 3;
    this.begun = true;
    const lastLine = this.ended ? buffer.length : Math.max(buffer.lastIndexOf(LF), buffer.lastIndexOf(CR)) + 1;
    this.clean = lastLine > 0 && !buffer.includes(NUL) && isUtf8(buffer.subarray(0, lastLine));
    while (this.start < buffer.length) {
      const found = this.find();
      if (typeof found === 'object') this.take(found);
      else if (found === 'incomplete') {
        if (buffer.length - this.start <= MAX_RECORD_BYTES) return;
        this.rejectLine('a record longer than 8 MiB');
      } else if (!this.rejectLine(found)) return;
    }
  }

  /** The record at `start`, `incomplete` when more bytes are needed, or what is wrong with its quotes. */
  private find(): Found | string {
    const { buffer, delimiter, quote, ended } = this;
    const length = buffer.length;
    let at = this.start;
    let fields = 1;
    let stray = false;
    let fieldStart = true;
    while (at < length) {
      const byte = buffer[at] as number;
      if (byte === delimiter) {
        fields += 1;
        fieldStart = true;
        at += 1;
        continue;
      }
      if (byte === LF) return { end: at, next: at + 1, fields, stray };
      if (byte === CR) {
        if (at + 1 === length && !ended) return 'incomplete';
        return { end: at, next: buffer[at + 1] === LF ? at + 2 : at + 1, fields, stray };
      }
      if (byte === quote) {
        if (fieldStart) {
          const close = closingQuote(buffer, at + 1, quote, ended);
          if (close < 0) return close === -1 && ended ? 'a quote that is never closed' : 'incomplete';
          at = close + 1;
          const after = buffer[at];
          if (at < length && after !== delimiter && after !== LF && after !== CR) return 'text after a closing quote';
          fieldStart = false;
          continue;
        }
        stray = true;
      }
      fieldStart = false;
      at += 1;
    }
    return ended ? { end: length, next: length, fields, stray } : 'incomplete';
  }

  private take({ end, next, fields, stray }: Found): void {
    const record = this.buffer.subarray(this.start, end);
    this.start = next;
    if (!this.headerDone) {
      if (record.length === 0) return;
      this.headerDone = true;
      this.expected = this.listener.header(parseCsvRecord(record.toString('utf8'), this.dialect));
      return;
    }
    if (this.expected < 0) this.expected = this.listener.columns(parseCsvRecord(record.toString('utf8'), this.dialect));
    if (record.length === 0 && this.expected !== 1) return;
    this.rows += 1;
    const reason =
      fields !== this.expected ? `${fields} fields instead of ${this.expected}` : this.clean ? null : faultOf(record);
    if (reason !== null) this.listener.reject(this.rows, reason, record);
    else this.listener.row(this.rows, stray ? quoteCsvRecord(record, this.dialect) : record);
  }

  /** Rejects the first line of the record at `start`; false when its end has not come yet. */
  private rejectLine(reason: string): boolean {
    let end = this.start;
    while (end < this.buffer.length && this.buffer[end] !== LF && this.buffer[end] !== CR) end += 1;
    const whole = end < this.buffer.length || this.ended;
    if (!whole && end - this.start <= MAX_RECORD_BYTES) return false;
    const raw = this.buffer.subarray(this.start, end);
    this.start = this.buffer[end] === CR && this.buffer[end + 1] === LF ? end + 2 : end + 1;
    if (!this.headerDone) {
      this.headerDone = true;
      this.expected = this.listener.header(parseCsvRecord(raw.toString('utf8'), this.dialect));
      return true;
    }
    if (this.expected < 0) this.expected = this.listener.columns(parseCsvRecord(raw.toString('utf8'), this.dialect));
    this.rows += 1;
    this.listener.reject(this.rows, reason, raw);
    return true;
  }
}

/** Where quotes that opened before `from` close; -1 when they do not, -2 when the last byte may be the first of two quotes. */
function closingQuote(buffer: Buffer, from: number, quote: number, ended: boolean): number {
  let at = buffer.indexOf(quote, from);
  while (at >= 0) {
    if (at + 1 === buffer.length && !ended) return -2;
    if (buffer[at + 1] !== quote) return at;
    at = buffer.indexOf(quote, at + 2);
  }
  return -1;
}

function faultOf(record: Uint8Array): string | null {
  if (record.includes(NUL)) return 'a NUL';
  return isUtf8(record) ? null : 'bytes that are no UTF-8';
}
