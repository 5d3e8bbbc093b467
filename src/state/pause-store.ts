import { safeKey } from './keys';
import type { Pause, PauseStore } from './stores';
import type { Table } from './table';

const PAUSE = 'pause';

/** A row for each pipeline that is paused. */
export class TablePauseStore implements PauseStore {
  constructor(private readonly table: Table) {}

  async get(pipeline: string): Promise<Pause | null> {
    const row = await this.table.get(safeKey(pipeline), PAUSE);
    return row === null ? null : { by: String(row['by']), at: String(row['at']), reason: String(row['reason']) };
  }

  async pause(pipeline: string, { by, at, reason }: Pause): Promise<void> {
    await this.table.put({ partitionKey: safeKey(pipeline), rowKey: PAUSE, by, at, reason });
  }

  async resume(pipeline: string): Promise<void> {
    await this.table.remove({ partitionKey: safeKey(pipeline), rowKey: PAUSE });
  }
}
