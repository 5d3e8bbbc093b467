import { Readable } from 'node:stream';
import { statusOf } from '../../errors/storage-error';
import { isNotFound } from '../storage-call';
import type { AuditCopy } from '../stores';
import type { WorkContainer } from '../work-container';
import type { ChainedEntry } from './chained-entry';
import { parseLine, readEntries } from './read-entries';
import type { FoundEntry } from './verify-chain';

/** One line is one entry: more than any has, and what is read to find the last. */
const LONGEST_LINE = 1_000_000;
/** A block of an append blob holds 4 MiB: https://learn.microsoft.com/rest/api/storageservices/append-block */
const BLOCK = 3_500_000;

/**
 * A copy of the audit trail as append blobs, `<day>.jsonl`, one JSON object a line. The policy of the container (infra/modules/immutable-container.bicep)
 * lets blobs be made and appended to, and neither changed nor deleted. Each block goes where the one before ended, or nowhere.
 */
export class BlobAuditCopy implements AuditCopy {
  constructor(private readonly container: WorkContainer) {}

  async days(): Promise<readonly string[]> {
    return this.container.call('list the copy of the audit trail', async () => {
      const days: string[] = [];
      for await (const { name } of this.container.client.listBlobsFlat()) {
        const day = /^(\d{4}-\d\d-\d\d)\.jsonl$/.exec(name)?.[1];
        if (day !== undefined) days.push(day);
      }
      return days.sort();
    });
  }

  async last(day: string): Promise<ChainedEntry | null> {
    return (await this.tail(day)).last;
  }

  async *entries(day: string): AsyncGenerator<FoundEntry> {
    const body = await this.container.call(`read the audit trail of ${day}`, async () => {
      try {
        return (await this.blob(day).download()).readableStreamBody ?? Readable.from([]);
      } catch (error) {
        if (isNotFound(error)) return Readable.from([]);
        throw error;
      }
    });
    yield* readEntries(body);
  }

  async append(day: string, after: ChainedEntry | null, entries: readonly ChainedEntry[]): Promise<boolean> {
    const { last, length } = await this.tail(day);
    if (last?.hash !== after?.hash) return false;
    return this.container.call(`copy the audit trail of ${day}`, async () => {
      const blob = this.blob(day);
      await blob.createIfNotExists({ blobHTTPHeaders: { blobContentType: 'application/x-ndjson' } });
      let appendPosition = length;
      for (const block of blocks(entries)) {
        try {
          await blob.appendBlock(block, block.length, { conditions: { appendPosition } });
        } catch (error) {
          // Somebody else has added a block since. Anything else, such as a policy that forbids it, is an error.
          if (statusOf(error) === 412) return false;
          throw error;
        }
        appendPosition += block.length;
      }
      return true;
    });
  }

  private async tail(day: string): Promise<{ readonly last: ChainedEntry | null; readonly length: number }> {
    return this.container.call(`read the audit trail of ${day}`, async () => {
      try {
        const { contentLength: length = 0 } = await this.blob(day).getProperties();
        if (length === 0) return { last: null, length };
        const offset = Math.max(0, length - LONGEST_LINE);
        const bytes = await this.blob(day).downloadToBuffer(offset, length - offset);
        const line = bytes.toString('utf8').trimEnd().split('\n').at(-1) ?? '';
        return { last: parseLine(line), length };
      } catch (error) {
        if (isNotFound(error)) return { last: null, length: 0 };
        throw error;
      }
    });
  }

  private blob(day: string) {
    return this.container.client.getAppendBlobClient(`${day}.jsonl`);
  }
}

/** Whole lines, as many as a block holds. */
function* blocks(entries: readonly ChainedEntry[]): Generator<Buffer> {
  let lines: Buffer[] = [];
  let length = 0;
  for (const entry of entries) {
    const line = Buffer.from(`${JSON.stringify(entry)}\n`);
    if (length > 0 && length + line.length > BLOCK) {
      yield Buffer.concat(lines);
      [lines, length] = [[], 0];
    }
    lines.push(line);
    length += line.length;
  }
  if (length > 0) yield Buffer.concat(lines);
}
