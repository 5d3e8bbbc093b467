import type { PostgresConnection } from '../../../config/schema/connection';
import type { TargetConfig } from '../../../config/schema/pipeline';
import type { EngineSession } from '../../../engine/engine-session';
import { quoteIdentifier } from '../../../engine/quote-identifier';
import { SYSTEM_COLUMNS, type Column } from '../../../model/column';
import type {
  Evolution,
  LedgerEntry,
  PublishRequest,
  PublishResult,
  RelationFacts,
  StageRequest,
  Target,
  UndoRequest,
  UndoResult,
} from '../../../steps/load/target';
import { POSTGRES_TARGET } from '../../capabilities';
import { dropExpiredImages } from './before-images';
import { exportTable } from './export-published';
import { ensureLedger, findLoad, LEDGER_TABLE, readLedger } from './ledger';
import { isConnectionLoss, postgresErrorOf } from '../../postgres/postgres-error-of';
import type { PostgresCredentials } from '../../postgres/postgres-credentials';
import { withPostgres, type PostgresSession } from '../../postgres/postgres-session';
import { historyColumns, withHistory } from './merge/history-columns';
import { explainMerge } from './merge/explain-merge';
import { checkMergeColumns } from './merge/merge-plan';
import { LOCK_TABLE, publishLoad } from './publish-load';
import { stageRows, stagingSql } from './stage-rows';
import { runPrefix, STAGING_SCHEMA, stagingPrefix, stagingTable } from './staging-name';
import { checkTable, createTableSql, describeTable, ensureSchema, logicalColumns, tableName } from './target-table';
import { undoLoad } from './undo-load';
import { keySql } from './unique-key';

export interface PostgresTargetOptions {
  readonly config: PostgresConnection;
  readonly credentials: PostgresCredentials;
  /** The connection's name, for errors. */
  readonly connection: string;
  /** Staging tables younger than this are never stale: their run may not have been seen yet. */
  readonly staleAfterMs?: number;
}

const STALE_AFTER_MS = 5 * 60_000;

/** Tables of a PostgreSQL database, 15 or newer. Opens a connection for each call and leaves none behind. */
export class PostgresTarget implements Target {
  readonly kind = 'postgres';
  readonly capabilities = POSTGRES_TARGET;

  constructor(private readonly options: PostgresTargetOptions) {}

  async describe(target: TargetConfig): Promise<readonly Column[] | null> {
    const { connection } = this.options;
    const table = await this.with((session) => describeTable(session, tableName(target.table), connection));
    return table === null ? null : logicalColumns(table);
  }

  async checkColumns(
    target: TargetConfig,
    columns: readonly Column[],
    evolution?: Evolution,
  ): Promise<readonly Column[] | null> {
    const name = tableName(target.table);
    const { connection } = this.options;
    checkMergeColumns(target, columns, connection);
    const table = await this.with((session) => describeTable(session, name, connection));
    if (table === null) return null;
    checkTable(table, name, withHistory(columns, historyColumns(target)), connection, evolution);
    return logicalColumns(table);
  }

  async ledgerSince(pipeline: string, load: number): Promise<readonly LedgerEntry[]> {
    return this.with((session) => readLedger(session, pipeline, load));
  }

  async stage(request: StageRequest): Promise<RelationFacts> {
    return this.with(async (session) => {
      await ensureLedger(session);
      return stageRows(session, request, this.options.connection);
    });
  }

  async publish(request: PublishRequest): Promise<PublishResult> {
    const outcome = await this.with(async (session): Promise<PublishResult | 'unknown'> => {
      await ensureLedger(session);
      await ensureSchema(session, tableName(request.target.table).schema);
      await session.run('BEGIN');
      const result = await publishLoad(session, request, this.options.connection);
      if (!(await this.commit(session))) return 'unknown';
      // Whoever published may have died before it tidied up.
      await tidy(session, request);
      return result;
    });
    return outcome === 'unknown' ? this.settle(request) : outcome;
  }

  async undo(request: UndoRequest): Promise<UndoResult> {
    return this.with(async (session) => {
      await ensureLedger(session);
      await session.run('BEGIN');
      try {
        const result = await undoLoad(session, request);
        await session.run(request.dryRun ? 'ROLLBACK' : 'COMMIT');
        return result;
      } catch (error) {
        // A lost answer is found out about by asking again: the ledger says that the load was taken back.
        await session.run('ROLLBACK').catch(() => {});
        throw error;
      }
    });
  }

  async discardStaging(runId: string, pipeline: string): Promise<void> {
    await this.with(async (session) => {
      const names = await stagingTables(session, stagingPrefix(runId, pipeline));
      for (const { name } of names) await dropStaging(session, name);
    });
  }

  async dropStaleStaging(activeRunIds: readonly string[]): Promise<readonly string[]> {
    const { staleAfterMs = STALE_AFTER_MS } = this.options;
    const active = activeRunIds.map(runPrefix);
    return this.with(async (session) => {
      const dropped: string[] = [];
      for (const { name, comment, age } of await stagingTables(session, 's_')) {
        if (active.some((prefix) => name.startsWith(prefix)) || Number(age ?? Infinity) < staleAfterMs) continue;
        await dropStaging(session, name);
        dropped.push(comment ?? name);
      }
      return [...dropped, ...(await dropExpiredImages(session))];
    });
  }

  async exportPublished(
    target: TargetConfig,
    columns: readonly string[],
    file: string,
    engine: EngineSession,
  ): Promise<number> {
    const name = tableName(target.table);
    const history = historyColumns(target);
    // Whoever looks something up means what holds now.
    const where = history === null ? 'true' : `${quoteIdentifier(history.to)} IS NULL`;
    return this.with((session) => exportTable(session, name, columns, file, engine, this.options.connection, where));
  }

  explain(target: TargetConfig, columns: readonly Column[]): readonly string[] {
    const name = tableName(target.table);
    const staging = stagingTable('run', 'pipeline', 0);
    const list = [...columns.map((column) => column.name), SYSTEM_COLUMNS.file, SYSTEM_COLUMNS.row].map(
      quoteIdentifier,
    );
    const from = `${STAGING_SCHEMA}.${quoteIdentifier(staging)}`;
    const insert = `INSERT INTO ${name.sql} (${list.join(', ')}, ${SYSTEM_COLUMNS.load}) SELECT ${list.join(', ')}, $1 FROM ${from}`;
    const replace = [
      `CREATE TABLE ... (LIKE ${name.sql}); ${insert.replace(name.sql, '...')}; swap   -- where nothing depends on ${name.sql}`,
      `DELETE FROM ${name.sql}; ${insert}   -- otherwise`,
    ];
    return [
      ...stagingSql(staging, columns),
      'BEGIN',
      LOCK_TABLE,
      `INSERT INTO ${LEDGER_TABLE} (...) ON CONFLICT (pipeline, run_id) DO NOTHING RETURNING load`,
      `${createTableSql(name, withHistory(columns, historyColumns(target)))}   -- when there is none`,
      ...(target.writeDisposition === 'merge'
        ? explainMerge(target, columns, name, from, this.options.connection)
        : target.writeDisposition === 'replace'
          ? replace
          : [insert]),
      ...(target.key && target.writeDisposition !== 'merge'
        ? [`${keySql(name, target.key)}   -- when there is none`]
        : []),
      'COMMIT',
      `ANALYZE ${name.sql}`,
    ];
  }

  async test(): Promise<readonly string[]> {
    const { config } = this.options;
    return this.with(async (session) => {
      const [facts] = await session.rows<{ version: string; role: string; creates: boolean; tls: boolean }>(
        `SELECT current_setting('server_version') AS version, current_user AS role,
           has_database_privilege(current_database(), 'CREATE') AS creates,
           coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false) AS tls`,
      );
      return [
        `PostgreSQL ${facts?.version} at ${config.host}:${config.port} answers; ${facts?.role} is logged in to ${config.database}.`,
        facts?.tls ? 'The connection is encrypted.' : 'The connection is not encrypted.',
        facts?.creates
          ? 'The role may make schemas.'
          : 'The role may not make schemas: have sluice and sluice_staging made for it.',
      ];
    });
  }

  /** Nothing is kept open between calls. */
  async close(): Promise<void> {}

  private async with<T>(work: (session: PostgresSession) => Promise<T>): Promise<T> {
    const { config, credentials, connection } = this.options;
    return withPostgres(config, credentials, connection, work);
  }

  /** False when the answer was lost, so that nobody knows what became of the transaction. */
  private async commit({ client }: PostgresSession): Promise<boolean> {
    const { connection } = this.options;
    try {
      const { command } = await client.query('COMMIT');
      if (command !== 'COMMIT') throw new Error(`COMMIT ended as ${command}`);
      return true;
    } catch (error) {
      if (isConnectionLoss(error) && !(error instanceof Error && error.message.startsWith('COMMIT ended')))
        return false;
      throw postgresErrorOf(error, connection);
    }
  }

  /** After a lost answer: waits until the lost transaction has ended, then reads the ledger; publishes again if it is not there. */
  private async settle(request: PublishRequest): Promise<PublishResult> {
    const stored = await this.with(async (session) => {
      await session.run('BEGIN');
      await session.run(LOCK_TABLE, [tableName(request.target.table).sql]);
      const found = await findLoad(session, request.pipeline, request.runId);
      await session.run('COMMIT');
      return found;
    });
    if (stored === null) return this.publish(request);
    await this.with((session) => tidy(session, request)).catch(() => {});
    return { ...stored, alreadyPublished: false };
  }
}

/**
 * After the commit, and best effort: maintenance drops what stays, and statistics come by themselves later. Staging tables go one by one,
 * since dropping very many in one transaction would need more locks than a server has.
 */
async function tidy(session: PostgresSession, { runId, pipeline, target, staged }: PublishRequest): Promise<void> {
  try {
    for (const { partition } of staged) await dropStaging(session, stagingTable(runId, pipeline, partition));
    await session.run(`ANALYZE ${tableName(target.table).sql}`);
  } catch {
    // The load is published; nothing of this may make it look otherwise.
  }
}

interface StagingTable {
  readonly name: string;
  readonly comment: string | null;
  /** Milliseconds since it was staged. */
  readonly age: string | null;
}

async function stagingTables(session: PostgresSession, prefix: string): Promise<StagingTable[]> {
  return session.rows<StagingTable & Record<string, unknown>>(
    `SELECT c.relname AS name, d.comment,
       extract(epoch FROM clock_timestamp() - substring(d.comment FROM '"stagedAt":"([^"]+)"')::timestamptz) * 1000 AS age
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     CROSS JOIN LATERAL (SELECT obj_description(c.oid, 'pg_class') AS comment) d
     WHERE n.nspname = $1 AND c.relkind = 'r' AND starts_with(c.relname, $2) ORDER BY c.relname`,
    [STAGING_SCHEMA, prefix],
  );
}

async function dropStaging(session: PostgresSession, name: string): Promise<void> {
  await session.run(`DROP TABLE IF EXISTS ${quoteIdentifier(STAGING_SCHEMA)}.${quoteIdentifier(name)}`);
}
