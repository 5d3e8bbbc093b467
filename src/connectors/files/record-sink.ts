import type { FileHandle } from 'node:fs/promises';

const BUFFER_BYTES = 1 << 20;

/** Collects small pieces and writes them to a file in large ones. Records are copied: the caller may reuse its buffers. */
export class RecordSink {
  private readonly buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  private used = 0;
  /** Bytes of the longest piece. */
  longest = 0;
  /** Pieces that were full before they could be written; small, since the scanner drains after every chunk. */
  private full: Buffer[] = [];

  constructor(private readonly file: FileHandle) {}

  text(text: string): void {
    if (this.used + text.length * 3 > BUFFER_BYTES) this.bytes(Buffer.from(text));
    else this.used += this.buffer.write(text, this.used);
  }

  bytes(piece: Uint8Array): void {
    if (piece.length > this.longest) this.longest = piece.length;
    if (piece.length > BUFFER_BYTES - this.used) this.spill();
    if (piece.length > BUFFER_BYTES) this.full.push(Buffer.from(piece));
    else {
      this.buffer.set(piece, this.used);
      this.used += piece.length;
    }
  }

  /** Writes what has been collected. */
  async drain(): Promise<void> {
    this.spill();
    const pieces = this.full;
    this.full = [];
    for (const piece of pieces) await this.file.write(piece);
  }

  private spill(): void {
    if (this.used === 0) return;
    this.full.push(Buffer.from(this.buffer.subarray(0, this.used)));
    this.used = 0;
  }
}

/** An option for the engine's CSV reader where a record is longer than it expects. Given only then: it sizes the reader's buffers. */
export function lineSizeOption(longest: number): string {
  return longest < 1_500_000 ? '' : `max_line_size = ${longest + 1024}, `;
}
