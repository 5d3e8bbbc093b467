import { fromProperties, toProperties } from './json-property';
import type { ArtifactStore, UndoEnd, UndoRecord, UndoRequested, UndoStore } from './stores';
import type { Table } from './table';

const REQUEST = 'request';

/** A partition for each run that is or was to be taken back: what was asked for last, and how each attempt ended. */
export class TableUndoStore implements UndoStore {
  constructor(
    private readonly table: Table,
    private readonly blobs: ArtifactStore,
  ) {}

  async request(runId: string, asked: UndoRequested): Promise<void> {
    const properties = await toProperties(this.blobs, 'request', asked);
    await this.table.put({ partitionKey: runId, rowKey: REQUEST, ...properties });
  }

  async get(runId: string): Promise<UndoRecord | null> {
    const row = await this.table.get(runId, REQUEST);
    const asked = row === null ? undefined : await fromProperties<UndoRequested>(this.blobs, 'request', row);
    if (asked === undefined) return null;
    const ended = await this.table.get(runId, endKey(asked.attempt));
    const end = ended === null ? undefined : await fromProperties<UndoEnd>(this.blobs, 'end', ended);
    return { ...asked, end: end ?? null };
  }

  async end(runId: string, end: UndoEnd): Promise<void> {
    const asked = await this.get(runId);
    if (asked === null) throw new RangeError(`Nobody asked to undo ${runId}`);
    const properties = await toProperties(this.blobs, 'end', end);
    // The first end stands.
    await this.table.insert({ partitionKey: runId, rowKey: endKey(asked.attempt), ...properties });
  }
}

function endKey(attempt: number): string {
  return `end-${attempt}`;
}
