import { quoteIdentifier } from '../../../engine/quote-identifier';
import { durationMs } from '../../../model/duration';
import type { PublishRequest } from '../../../steps/load/target';
import type { PostgresSession } from '../../postgres/postgres-session';
import { STAGING_SCHEMA } from './staging-name';

const KEEP_FOR = '7d';

/** The table with what a load changed or deleted, as it was before: the columns of the target and `_sluice_operation`. */
export function imagesTable(load: number): string {
  return `${quoteIdentifier(STAGING_SCHEMA)}.${quoteIdentifier(`b_${load}`)}`;
}

export interface KeepImagesRequest {
  readonly publish: PublishRequest;
  readonly load: number;
  /** Gives `_sluice_operation` (update or delete) and the columns of the target. */
  readonly select: string;
}

/** Keeps rows as they are before they are changed, for as long as `undo.keepFor` says. No table is left when there are none. */
export async function keepImages(
  session: PostgresSession,
  { publish, load, select }: KeepImagesRequest,
): Promise<{ readonly updated: number; readonly deleted: number }> {
  const table = imagesTable(load);
  await session.run(`CREATE TABLE ${table} AS ${select}`);
  const [row] = await session.rows<{ updated: string; deleted: string }>(
    `SELECT count(*) FILTER (WHERE _sluice_operation = 'update') AS updated,
       count(*) FILTER (WHERE _sluice_operation = 'delete') AS deleted FROM ${table}`,
  );
  const images = { updated: Number(row?.updated), deleted: Number(row?.deleted) };
  if (images.updated + images.deleted === 0) {
    await session.run(`DROP TABLE ${table}`);
    return images;
  }
  await commentKept(session, `b_${load}`, keptFor(publish));
  return images;
}

/** Whose rows a table keeps, and for how long. */
export interface KeptFor {
  readonly runId: string;
  readonly pipeline: string;
  /** The target's table, as the configuration names it. */
  readonly table: string;
  /** ISO 8601, UTC. */
  readonly keptUntil: string;
}

/** What a load keeps for its undo, from now on for as long as the target says. */
export function keptFor({ runId, pipeline, target }: Pick<PublishRequest, 'runId' | 'pipeline' | 'target'>): KeptFor {
  const keptUntil = new Date(Date.now() + durationMs(target.undo?.keepFor ?? KEEP_FOR)).toISOString();
  return { runId, pipeline, table: target.table ?? '', keptUntil };
}

/** Writes it on a table of the staging schema, where maintenance reads it. */
export async function commentKept(session: PostgresSession, table: string, kept: KeptFor): Promise<void> {
  // COMMENT takes no bound values; the server quotes.
  const [statement] = await session.rows<{ sql: string }>(
    `SELECT format('COMMENT ON TABLE %I.%I IS %L', $1::text, $2::text, $3::text) AS sql`,
    [STAGING_SCHEMA, table, JSON.stringify(kept)],
  );
  await session.run(statement?.sql ?? '');
}

/** Maintenance: drops what is kept longer than its time. Gives what was dropped. */
export async function dropExpiredImages(session: PostgresSession): Promise<readonly string[]> {
  const expired = await session.rows<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relkind = 'r' AND c.relname ~ '^[bg]_[0-9]+$'
       AND substring(obj_description(c.oid, 'pg_class') FROM '"keptUntil":"([^"]+)"')::timestamptz < clock_timestamp()
     ORDER BY c.relname`,
    [STAGING_SCHEMA],
  );
  for (const { name } of expired) {
    await session.run(`DROP TABLE IF EXISTS ${quoteIdentifier(STAGING_SCHEMA)}.${quoteIdentifier(name)}`);
  }
  return expired.map(({ name }) => name);
}
