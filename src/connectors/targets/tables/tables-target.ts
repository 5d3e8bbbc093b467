import { randomUUID } from 'node:crypto';
import type { TableClient } from '@azure/data-tables';
import type { TargetConfig } from '../../../config/schema/pipeline';
import type { EngineSession } from '../../../engine/engine-session';
import { LedgerImbalanceError } from '../../../errors/ledger-imbalance-error';
import { SliceSupersededError } from '../../../errors/slice-superseded-error';
import { UndoNotPossibleError } from '../../../errors/undo-not-possible-error';
import { StorageConflictError } from '../../../errors/storage-conflict-error';
import { TargetSchemaMismatchError } from '../../../errors/target-schema-mismatch-error';
import type { Column } from '../../../model/column';
import type {
  LedgerEntry,
  PublishRequest,
  PublishResult,
  RelationFacts,
  StageRequest,
  Target,
  Evolution,
  UndoRequest,
  UndoResult,
} from '../../../steps/load/target';
import { NO_EVOLUTION } from '../../../steps/load/target';
import { TABLES_TARGET } from '../../capabilities';
import { checkAgainst } from '../../check-against';
import { targetStorageErrorOf } from '../../target-storage-error-of';
import { ensureTable, insertLoad, LEDGER_TABLE, readLoads } from './entity-ledger';
import { checkProperties, entityType, keysOf } from './entity-values';
import { exportEntities } from './export-entities';
import { writeEntities } from './write-entities';

export interface TablesTargetOptions {
  /** The client of one table of the account. */
  client(table: string): TableClient;
  /** The connection's name, for errors. */
  readonly connection: string;
  /** ISO 8601, UTC. */
  readonly now: () => string;
  /** Pipelines of the project that load a table over this connection. */
  pipelinesOf(table: string): readonly string[];
}

const MOST_ATTEMPTS = 5;

/**
 * Tables of Azure Table storage. There is no transaction over PartitionKeys and nothing to stage in, so staging upserts the entities: readers
 * see them as they come. An upsert of the same values twice is the same as once; publishing then writes the ledger.
 */
export class TablesTarget implements Target {
  readonly kind = 'tables';
  readonly capabilities = TABLES_TARGET;

  constructor(private readonly options: TablesTargetOptions) {}

  /** Entities have properties of their own each: the columns are those of the newest load that the ledger knows. */
  async describe({ table = '' }: TargetConfig): Promise<readonly Column[] | null> {
    for (const pipeline of this.options.pipelinesOf(table)) {
      const loads = await this.call(LEDGER_TABLE, (client) => readLoads(client, pipeline, 0));
      const newest = loads.findLast((load) => load.table === table);
      if (newest !== undefined) return newest.columns;
    }
    return null;
  }

  async checkColumns(
    target: TargetConfig,
    columns: readonly Column[],
    evolution?: Evolution,
  ): Promise<readonly Column[] | null> {
    const { connection } = this.options;
    checkProperties(columns, target, connection);
    const there = await this.describe(target);
    // A property may come with any load: entities have their own each.
    if (there !== null) {
      checkAgainst(there, columns, target.table ?? '', connection, { ...NO_EVOLUTION, ...evolution, columns: true });
    }
    return there;
  }

  async ledgerSince(pipeline: string, load: number): Promise<readonly LedgerEntry[]> {
    const loads = await this.call(LEDGER_TABLE, (client) => readLoads(client, pipeline, load));
    return loads.map(({ table: _table, columns: _columns, rows: _rows, attempt: _attempt, ...entry }) => entry);
  }

  /** @throws {SliceSupersededError} when the run, or a newer one, has published: this is a repetition that comes late. */
  async stage(request: StageRequest): Promise<RelationFacts> {
    await this.refuseLate(request);
    return this.call(request.target.table ?? '', async (client) => {
      await ensureTable(client);
      return { rows: await writeEntities(client, request, this.options.connection), checksums: {} };
    });
  }

  async publish(request: PublishRequest): Promise<PublishResult> {
    return this.call(LEDGER_TABLE, async (client) => {
      await ensureTable(client);
      const attempt = randomUUID();
      for (let tries = 0; tries < MOST_ATTEMPTS; tries += 1) {
        const result = await this.tryPublish(client, request, attempt);
        if (result !== null) return result;
      }
      throw new StorageConflictError(LEDGER_TABLE);
    });
  }

  /** Entities were overwritten as they came, and what they were is not known. */
  undo({ target: { table = '' } }: UndoRequest): Promise<UndoResult> {
    return Promise.reject(
      new UndoNotPossibleError(
        `Entities of the table ${table} were overwritten where they stood`,
        'Correct the data at the source and load it again: each entity takes its new values.',
      ),
    );
  }

  /** What is staged stands in the table already: loading again puts the right values there. */
  async discardStaging(): Promise<void> {}

  async dropStaleStaging(): Promise<readonly string[]> {
    return [];
  }

  async exportPublished(
    target: TargetConfig,
    columns: readonly string[],
    file: string,
    engine: EngineSession,
  ): Promise<number> {
    const { table = '' } = target;
    const { connection } = this.options;
    const there = await this.describe(target);
    if (there === null)
      throw new TargetSchemaMismatchError(`${table} does not exist: nothing was published yet`, connection);
    const wanted = columns.map((name) => {
      const found = there.find((column) => column.name === name);
      if (found === undefined) throw new TargetSchemaMismatchError(`${table} has no column ${name}`, connection);
      return found;
    });
    return this.call(table, (client) => exportEntities(client, wanted, file, engine));
  }

  explain(target: TargetConfig, columns: readonly Column[]): readonly string[] {
    const { partitionKey, rowKey } = keysOf(target);
    const properties = columns.map((column) => `${column.name} ${entityType(column)}`).join(', ');
    return [
      `UPSERT INTO ${target.table ?? ''} (PartitionKey ${partitionKey}, RowKey ${rowKey}, ${properties})   -- 100 entities of one PartitionKey at once`,
      `INSERT INTO ${LEDGER_TABLE}   -- after all of them`,
    ];
  }

  async test(): Promise<readonly string[]> {
    return this.call(LEDGER_TABLE, async (client) => {
      await readLoads(client, 'none', 0);
      return [`The tables of ${new URL(client.url).host} answer.`];
    });
  }

  /** Nothing is kept open between calls. */
  async close(): Promise<void> {}

  /** A queue may give out a message again after hours: by then the entities may hold newer values. */
  private async refuseLate({ runId, pipeline, expectedPreviousLoad }: StageRequest): Promise<void> {
    if (expectedPreviousLoad === undefined) return;
    const newer = await this.call(LEDGER_TABLE, (client) => readLoads(client, pipeline, expectedPreviousLoad));
    const [first] = newer;
    if (first === undefined) return;
    const whose = first.runId === runId ? 'this run' : 'another run';
    throw new SliceSupersededError(
      `Load ${first.load} of ${pipeline} was published by ${whose} before these rows were written: they are left out`,
      this.options.connection,
    );
  }

  /** Null when another load took the number: everything is looked at again. */
  private async tryPublish(
    client: TableClient,
    request: PublishRequest,
    attempt: string,
  ): Promise<PublishResult | null> {
    const { connection, now } = this.options;
    const { runId, pipeline, slice, definitionHash, counts, target, columns, staged } = request;
    const loads = await readLoads(client, pipeline, 0);
    const own = loads.find((load) => load.runId === runId);
    const rows = staged.reduce((sum, { facts }) => sum + facts.rows, 0);
    const verifications = request.verify.flatMap((rule) =>
      'rowCount' in rule
        ? [{ name: 'rowCount', passed: true, expected: String(counts.loaded), actual: String(rows) }]
        : [],
    );
    if (own !== undefined)
      return { load: own.load, rows: own.rows, verifications, alreadyPublished: own.attempt !== attempt };
    if (rows !== counts.loaded)
      throw new LedgerImbalanceError(`${counts.loaded} rows are to be loaded, and ${rows} were written`);
    const newest = loads.at(-1)?.load ?? 0;
    if (newest !== request.expectedPreviousLoad) {
      const message = `Load ${newest} of ${pipeline} was published after this run was planned at load ${request.expectedPreviousLoad}`;
      throw new SliceSupersededError(message, connection);
    }
    await request.beforeCommit();
    const { table = '', writeDisposition } = target;
    const entry = {
      ...{ load: newest + 1, runId, pipeline, slice, definitionHash, counts, checksums: {}, writeDisposition, attempt },
      ...{ publishedAt: now(), table, columns, rows },
    };
    if (!(await insertLoad(client, entry, connection))) return null;
    return { load: newest + 1, rows, verifications, alreadyPublished: false };
  }

  private async call<T>(table: string, work: (client: TableClient) => Promise<T>): Promise<T> {
    try {
      return await work(this.options.client(table));
    } catch (error) {
      throw targetStorageErrorOf(error, `the table ${table}`, this.options.connection);
    }
  }
}
