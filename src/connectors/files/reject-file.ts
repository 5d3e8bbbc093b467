import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineSession } from '../../engine/engine-session';
import { quoteLiteral } from '../../engine/quote-literal';
import { SYSTEM_COLUMNS } from '../../model/column';
import { RecordSink } from './record-sink';

/** How much of a malformed record is kept. */
const MAX_RAW_BYTES = 64 << 10;

/** Collects records that cannot be parsed, in a local file that the engine can read. */
export class RejectFile {
  rows = 0;
  private readonly sink: RecordSink;

  private constructor(
    private readonly path: string,
    private readonly handle: FileHandle,
  ) {
    this.sink = new RecordSink(handle);
  }

  static async create(session: EngineSession): Promise<RejectFile> {
    const path = join(session.scratchFolder, 'rejects.ndjson');
    return new RejectFile(path, await open(path, 'w'));
  }

  /** Bytes that are no UTF-8 become replacement characters, and a NUL its visible picture, so that every store can hold the text. */
  add(file: number, row: number, reason: string, raw: Buffer): void {
    this.rows += 1;
    const kept = raw.subarray(0, MAX_RAW_BYTES).toString('utf8').replaceAll('\0', '\u2400');
    const text = raw.length > MAX_RAW_BYTES ? `${kept}… (${raw.length} bytes)` : kept;
    this.sink.bytes(Buffer.from(`${JSON.stringify({ file, row, reason: `malformed-row(${reason})`, raw: text })}\n`));
  }

  async drain(): Promise<void> {
    await this.sink.drain();
  }

  async close(): Promise<void> {
    await this.sink.drain();
    await this.handle.close();
  }

  /** Gives (_sluice_file, _sluice_row, reason, raw). */
  selectSql(): string {
    const columns = `{file: 'INTEGER', row: 'BIGINT', reason: 'VARCHAR', raw: 'VARCHAR'}`;
    return (
      `SELECT file AS ${SYSTEM_COLUMNS.file}, row AS ${SYSTEM_COLUMNS.row}, reason, raw ` +
      `FROM read_json(${quoteLiteral(this.path)}, format = 'newline_delimited', columns = ${columns})`
    );
  }
}
