import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from '@duckdb/node-api';
import { rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { EngineQueryError } from '../errors/engine-query-error';
import { EngineQueryRefusedError } from '../errors/engine-query-refused-error';
import type { ObserveCall } from '../model/observed-call';
import { statementName } from '../model/statement-name';
import type { EngineSession, EngineValue } from './engine-session';
import { translateError } from './translate-error';

const MOST_ROWS = 10_000;
const INTERRUPT_AGAIN_MS = 20;

/** A session on an instance that is already fenced. */
export class DuckdbSession implements EngineSession {
  readonly fenced = true;
  private closed = false;
  private readonly running = new Set<Promise<unknown>>();
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
    readonly scratchFolder: string,
    private readonly observe?: ObserveCall,
  ) {}

  async run(sql: string, values: readonly EngineValue[] = []): Promise<void> {
    await this.guarded(sql, async () => {
      await this.connection.run(sql, [...values] as DuckDBValue[]);
    });
  }

  async rows<T extends Record<string, EngineValue>>(sql: string, values: readonly EngineValue[] = []): Promise<T[]> {
    return this.guarded(sql, async () => {
      const reader = await this.connection.streamAndReadUntil(sql, MOST_ROWS + 1, [...values] as DuckDBValue[]);
      if (reader.currentRowCount > MOST_ROWS) {
        throw new EngineQueryError(`A query for facts gave more than ${MOST_ROWS} rows; rows stay in the engine`);
      }
      const names = reader.deduplicatedColumnNames();
      return reader
        .getRows()
        .map((row) => Object.fromEntries(row.map((value, index) => [names[index] ?? '', toEngineValue(value)])) as T);
    });
  }

  /**
   * Closes the connection and the instance and removes the scratch folder. Statements that are still running, because the work
   * failed beside them, are interrupted first. Closing twice is the same as once.
   */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    // An interrupt before a statement has really begun is lost: it is repeated until all have ended.
    while (this.running.size > 0) {
      this.connection.interrupt();
      await Promise.race([Promise.allSettled(this.running), delay(INTERRUPT_AGAIN_MS)]);
    }
    try {
      this.connection.closeSync();
    } finally {
      this.instance.closeSync();
      await rm(this.scratchFolder, { recursive: true, force: true, maxRetries: 3 });
    }
  }

  private async guarded<T>(sql: string, work: () => Promise<T>): Promise<T> {
    if (this.closed) throw new EngineQueryError('The engine session is closed');
    // One connection: two statements at once would mix up their results.
    const statement = this.last.then(() => this.one(sql, work));
    this.last = statement.catch(() => undefined);
    this.running.add(statement);
    try {
      return await statement;
    } catch (error) {
      throw translateError(error);
    } finally {
      this.running.delete(statement);
    }
  }

  private async one<T>(sql: string, work: () => Promise<T>): Promise<T> {
    const { count } = await this.connection.extractStatements(sql);
    if (count !== 1) throw new EngineQueryRefusedError(`The engine takes one statement at a time, not ${count}`);
    if (this.closed) throw new EngineQueryError('The engine session is closed');
    const beganAtMs = Date.now();
    const began = performance.now();
    let failed = true;
    try {
      const result = await work();
      failed = false;
      return result;
    } finally {
      const durationMs = performance.now() - began;
      this.observe?.({
        system: 'duckdb',
        operation: statementName(sql),
        connection: null,
        beganAtMs,
        durationMs,
        failed,
      });
    }
  }
}

function toEngineValue(value: DuckDBValue): EngineValue {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'bigint':
    case 'boolean':
      return value;
    default:
      // Decimals, dates and the like: their text is exact.
      return value === null ? null : value.toString();
  }
}
