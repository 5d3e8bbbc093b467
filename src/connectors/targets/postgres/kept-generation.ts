import { quoteIdentifier } from '../../../engine/quote-identifier';
import type { PostgresSession } from '../../postgres/postgres-session';
import { LEDGER_TABLE } from './ledger';
import { commentKept, type KeptFor } from './before-images';
import { countRows } from './count-rows';
import { STAGING_SCHEMA } from './staging-name';
import type { TableName } from './target-table';

/** The table as it was before a `replace`. */
export function generationTable(load: number): string {
  return `${quoteIdentifier(STAGING_SCHEMA)}.${quoteIdentifier(`g_${load}`)}`;
}

/** Copies the rows of a table before they are replaced where they stand. Gives how many they are. */
export async function copyGeneration(session: PostgresSession, name: TableName, load: number): Promise<number> {
  await session.run(`CREATE TABLE ${generationTable(load)} AS SELECT * FROM ${name.sql}`);
  return countRows(session, generationTable(load));
}

/** Counts the rows of a table that is about to be replaced, and keeps writers out from then on: readers do not wait for it. */
export async function countBefore(session: PostgresSession, { sql }: TableName): Promise<number> {
  await session.run(`LOCK TABLE ${sql} IN SHARE ROW EXCLUSIVE MODE`);
  return countRows(session, sql);
}

/** Takes a table that another one replaces out of its schema, without the indexes and keys whose names the new one takes. */
export async function setGenerationAside(
  session: PostgresSession,
  old: TableName,
  parts: readonly { readonly name: string; readonly constraint: string | null }[],
  load: number,
): Promise<void> {
  for (const { name, constraint } of parts) {
    await session.run(
      constraint === null
        ? `DROP INDEX ${quoteIdentifier(old.schema)}.${quoteIdentifier(name)}`
        : `ALTER TABLE ${old.sql} DROP CONSTRAINT ${quoteIdentifier(name)}`,
    );
  }
  const aside = `${quoteIdentifier(old.schema)}.${quoteIdentifier(`g_${load}`)}`;
  await session.run(`ALTER TABLE ${old.sql} RENAME TO ${quoteIdentifier(`g_${load}`)}`);
  await session.run(`ALTER TABLE ${aside} SET SCHEMA ${quoteIdentifier(STAGING_SCHEMA)}`);
  await closeToOthers(session, generationTable(load));
}

/** What is kept is nobody's to read but ours, and stands in the way of no role that is to be dropped. */
async function closeToOthers(session: PostgresSession, table: string): Promise<void> {
  const statements = await session.rows<{ statement: string }>(
    `SELECT format('DROP POLICY %I ON %s', polname, $1::text) AS statement FROM pg_policy WHERE polrelid = $1::regclass
     UNION ALL
     SELECT DISTINCT format('REVOKE ALL ON %s FROM %s', $1::text,
       CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END)
     FROM pg_class c, aclexplode(c.relacl) a WHERE c.oid = $1::regclass AND a.grantee <> c.relowner
     UNION ALL
     SELECT format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', $1::text)
     UNION ALL
     SELECT format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', $1::text)`,
    [table],
  );
  for (const { statement } of statements) await session.run(statement);
  await session.run(`ALTER TABLE ${table} OWNER TO CURRENT_USER`);
}

/** Notes in the ledger and on the table what is kept, and drops what older replaces of the same table had kept. */
export async function noteGeneration(
  session: PostgresSession,
  load: number,
  rows: number,
  kept: KeptFor,
): Promise<void> {
  await session.run(`UPDATE ${LEDGER_TABLE} SET before = $2 WHERE load = $1`, [load, JSON.stringify({ rows })]);
  const older = await session.rows<{ load: string }>(
    `SELECT l.load FROM ${LEDGER_TABLE} AS l JOIN pg_class c ON c.relname = 'g_' || l.load
     JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = $3 WHERE l.target_table = $1 AND l.load < $2`,
    [kept.table, load, STAGING_SCHEMA],
  );
  for (const one of older) await session.run(`DROP TABLE IF EXISTS ${generationTable(Number(one.load))}`);
  if (rows === 0) await session.run(`DROP TABLE IF EXISTS ${generationTable(load)}`);
  else await commentKept(session, `g_${load}`, kept);
}
