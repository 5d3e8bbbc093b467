import { safeKey } from './keys';
import type { Pause, PauseStore } from './stores';
import type { Table } from './table';

const PAUSE = 'pause';
/** No pipeline is called so. */
const ALL = '~all';

/** A row for each pipeline that is paused, and one for all of them. */
export class TablePauseStore implements PauseStore {
  constructor(private readonly table: Table) {}

  get(pipeline: string): Promise<Pause | null> {
    return this.read(safeKey(pipeline));
  }

  all(): Promise<Pause | null> {
    return this.read(ALL);
  }

  async effective(pipeline: string): Promise<Pause | null> {
    return (await this.get(pipeline)) ?? (await this.all());
  }

  pause(pipeline: string, pause: Pause): Promise<void> {
    return this.write(safeKey(pipeline), pause);
  }

  async resume(pipeline: string): Promise<void> {
    await this.table.remove({ partitionKey: safeKey(pipeline), rowKey: PAUSE });
  }

  pauseAll(pause: Pause): Promise<void> {
    return this.write(ALL, pause);
  }

  async resumeAll(): Promise<void> {
    await this.table.remove({ partitionKey: ALL, rowKey: PAUSE });
  }

  private async read(partitionKey: string): Promise<Pause | null> {
    const row = await this.table.get(partitionKey, PAUSE);
    return row === null ? null : { by: String(row['by']), at: String(row['at']), reason: String(row['reason']) };
  }

  private async write(partitionKey: string, { by, at, reason }: Pause): Promise<void> {
    await this.table.put({ partitionKey, rowKey: PAUSE, by, at, reason });
  }
}
