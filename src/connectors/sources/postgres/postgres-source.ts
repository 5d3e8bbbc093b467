import type { SourceConfig } from '../../../config/schema/source';
import type { EngineSession } from '../../../engine/engine-session';
import { BackfillNotPossibleError } from '../../../errors/backfill-not-possible-error';
import type { Column } from '../../../model/column';
import type { Partition, Slice } from '../../../model/slice';
import { reconcileColumns } from '../../../steps/extract/reconcile-columns';
import type { Source, SourcePlan, SourcePlanRequest, SourceRelation } from '../../../steps/extract/source';
import { POSTGRES_SOURCE } from '../../capabilities';
import type { PostgresSession } from '../../postgres/postgres-session';
import { copiedRelation } from './copied-relation';
import { copySlice } from './copy-slice';
import { describeSource, type SourceColumn } from './describe-source';
import type { CursorRange, PostgresPartitionSpec } from './partition-spec';
import { planBackfill } from './plan-backfill';
import { planCursor } from './plan-cursor';
import { planPartitions } from './plan-partitions';
import { readSource, type ReadOptions } from './read-source';
import { relationLabel, relationSql } from './relation-sql';

export type PostgresSourceOptions = Omit<ReadOptions, 'what'>;

/** A table, view or query of a PostgreSQL database. Opens connections for each call, reads only, and leaves none behind. */
export class PostgresSource implements Source {
  readonly kind = 'postgres';
  readonly capabilities = POSTGRES_SOURCE;

  constructor(private readonly options: PostgresSourceOptions) {}

  async plan(request: SourcePlanRequest): Promise<SourcePlan> {
    const { config, watermark } = request;
    const { connection } = this.options;
    return readSource(this.reading(config), async (session) => {
      const described = await describeSource(session, relationSql(config));
      const columns = reconcileColumns([{ path: relationLabel(config), columns: described }], config, true, connection);
      const incremental = config.incremental?.by === 'column' ? config.incremental : null;
      const { backfill: bounds } = request;
      if (bounds !== undefined) {
        if (incremental === null)
          throw new BackfillNotPossibleError(`${relationLabel(config)} is not read by a column`);
        const cursor = await planBackfill({ session, config, incremental, columns: described, bounds, connection });
        return this.planSlice(request, session, described, columns, cursor, []);
      }
      if (incremental === null) return this.planSlice(request, session, described, columns, null, []);
      const planned = await planCursor({ session, config, incremental, columns: described, watermark, connection });
      if (planned.outcome === 'up-to-date') return planned;
      return this.planSlice(request, session, described, columns, planned.cursor, planned.notes);
    });
  }

  async open(
    partition: Partition,
    config: SourceConfig,
    session: EngineSession,
    seenFile: string | null = null,
  ): Promise<SourceRelation> {
    // Made by `plan` and carried unchanged in an immutable blob.
    const spec = partition.spec as PostgresPartitionSpec;
    const copied = await copySlice(this.reading(config), config, spec, session.scratchFolder);
    const { connection } = this.options;
    return copiedRelation({ copied, spec, partition: partition.index, seenFile, session, connection });
  }

  async test(): Promise<readonly string[]> {
    const { config } = this.options;
    return readSource({ ...this.options, what: config.database }, async (session) => {
      const [facts] = await session.rows<{ version: string; role: string; tables: string; tls: boolean }>(
        `SELECT current_setting('server_version') AS version, current_user AS role,
           (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
              AND has_table_privilege(c.oid, 'SELECT')) AS tables,
           coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false) AS tls`,
      );
      return [
        `PostgreSQL ${facts?.version} at ${config.host}:${config.port} answers; ${facts?.role} is logged in to ${config.database}.`,
        facts?.tls ? 'The connection is encrypted.' : 'The connection is not encrypted.',
        `The role may read ${facts?.tables} tables and views.`,
      ];
    });
  }

  /** Nothing is kept open between calls. */
  async close(): Promise<void> {}

  private async planSlice(
    request: SourcePlanRequest,
    session: PostgresSession,
    described: readonly SourceColumn[],
    columns: readonly Column[],
    cursor: CursorRange | null,
    notes: readonly string[],
  ): Promise<SourcePlan> {
    const { config } = request;
    const parts = await planPartitions({
      session,
      config,
      cursor,
      columns: described,
      connection: this.options.connection,
    });
    const wanted = new Set(columns.map(({ name }) => name));
    const present = described.map(({ name }) => name).filter((name) => wanted.has(name));
    const connections = config.consistency === 'snapshot' ? this.options.config.maxConnections : 1;
    const partitions = parts.map(({ key, label, rows }, index): Partition => {
      const spec: PostgresPartitionSpec = { columns, present, cursor, key, connections };
      return { index, label, spec, estimatedRows: rows, estimatedBytes: null };
    });
    const slice = sliceOf(cursor, request.backfill?.id ?? null);
    return { outcome: 'planned', slice, partitions, columns, notes };
  }

  private reading(config: SourceConfig): ReadOptions {
    return { ...this.options, what: relationLabel(config) };
  }
}

function sliceOf(cursor: CursorRange | null, backfill: string | null): Slice {
  if (cursor === null) return { kind: 'full' };
  const { column, from, to } = cursor;
  return backfill !== null && from !== null
    ? { kind: 'backfill', backfill, column, from, to }
    : { kind: 'range', column, from, to };
}
