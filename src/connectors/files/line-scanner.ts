import { isUtf8 } from 'node:buffer';
import { MAX_RECORD_BYTES } from './csv-scanner';

/** Who is told about lines, in the order of the file; `row` is one-based. Buffers are not kept. */
export interface LineListener {
  row(row: number, line: Uint8Array): void;
  reject(row: number, reason: string, raw: Buffer): void;
}

const LF = 10;
const CR = 13;
/** Valid JSON holds no raw control characters, so this one can part our own fields. */
const UNIT_SEPARATOR = 0x1f;

/** Splits UTF-8 text into numbered lines as it arrives; lines that cannot be JSON at all are rejected. Empty lines are no rows. */
export class LineScanner {
  rows = 0;
  private buffer: Buffer = Buffer.alloc(0);
  private begun = false;

  constructor(private readonly listener: LineListener) {}

  push(chunk: Buffer): void {
    this.buffer = this.buffer.length === 0 ? chunk : Buffer.concat([this.buffer, chunk]);
    if (!this.begun && this.buffer.length < 3) return;
    this.scan(false);
  }

  end(): void {
    this.scan(true);
  }

  private scan(ended: boolean): void {
    const { buffer } = this;
    let start = !this.begun && buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf ? 3 : 0;
    this.begun = true;
    for (let end = buffer.indexOf(LF, start); end >= 0; end = buffer.indexOf(LF, start)) {
      this.take(start, end);
      start = end + 1;
    }
    if (ended || buffer.length - start > MAX_RECORD_BYTES) {
      this.take(start, buffer.length);
      start = buffer.length;
    }
    this.buffer = buffer.subarray(start);
  }

  private take(start: number, lineEnd: number): void {
    const { buffer } = this;
    const end = lineEnd > start && buffer[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd;
    if (isBlank(buffer, start, end)) return;
    const line = buffer.subarray(start, end);
    this.rows += 1;
    const reason = faultOf(line);
    if (reason === null) this.listener.row(this.rows, line);
    else this.listener.reject(this.rows, reason, line);
  }
}

function isBlank(buffer: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (buffer[at] !== 0x20 && buffer[at] !== 0x09) return false;
  return true;
}

function faultOf(line: Buffer): string | null {
  if (line.length > MAX_RECORD_BYTES) return 'a line longer than 8 MiB';
  if (line.includes(0)) return 'a NUL';
  if (line.includes(UNIT_SEPARATOR) || line.includes(CR)) return 'a control character';
  return isUtf8(line) ? null : 'bytes that are no UTF-8';
}
