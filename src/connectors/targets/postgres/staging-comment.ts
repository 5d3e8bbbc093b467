import { quoteIdentifier } from '../../../engine/quote-identifier';
import type { RelationFacts, StageRequest } from '../../../steps/load/target';
import type { PostgresSession } from '../../postgres/postgres-session';
import { STAGING_SCHEMA } from './staging-name';

/** What a staging table says about itself, in its comment: for publishing, for maintenance, and for people. */
export interface StagingComment {
  readonly runId: string;
  readonly pipeline: string;
  readonly partition: number;
  /** ISO 8601, UTC. */
  readonly stagedAt: string;
  /** The transaction that staged and checked the rows: what `xmin` says of each, as long as nobody touched it. */
  readonly xid: string;
  readonly facts: RelationFacts;
}

/** Written last in the staging transaction. */
export async function writeStagingComment(
  session: PostgresSession,
  table: string,
  { runId, pipeline, partition }: StageRequest,
  facts: RelationFacts,
): Promise<void> {
  const [row] = await session.rows<{ xid: string }>('SELECT pg_current_xact_id()::xid::text AS xid');
  const stagedAt = new Date().toISOString();
  const comment: StagingComment = { runId, pipeline, partition, stagedAt, xid: row?.xid ?? '', facts };
  // COMMENT takes no bound values; the server quotes.
  const [statement] = await session.rows<{ sql: string }>(
    `SELECT format('COMMENT ON TABLE %I.%I IS %L', $1::text, $2::text, $3::text) AS sql`,
    [STAGING_SCHEMA, table, JSON.stringify(comment)],
  );
  await session.run(statement?.sql ?? '');
}

/** Null when the table has no comment of ours. */
export async function readStagingComment(session: PostgresSession, table: string): Promise<StagingComment | null> {
  const [row] = await session.rows<{ comment: string | null }>(
    `SELECT obj_description(to_regclass($1), 'pg_class') AS comment`,
    [`${quoteIdentifier(STAGING_SCHEMA)}.${quoteIdentifier(table)}`],
  );
  try {
    return row?.comment ? (JSON.parse(row.comment) as StagingComment) : null;
  } catch {
    // Somebody wrote a comment of their own: the rows are counted and summed anew.
    return null;
  }
}
