import { quoteIdentifier } from '../../../engine/quote-identifier';
import { quoteLiteral } from '../../../engine/quote-literal';
import { countBefore, setGenerationAside } from './kept-generation';
import type { PostgresSession } from '../../postgres/postgres-session';
import type { TableName } from './target-table';

interface Part {
  readonly name: string;
  readonly constraint: string | null;
  /** `CREATE UNIQUE INDEX name ON schema.table`, as PostgreSQL writes its beginning, and the whole. */
  readonly beginning: string;
  readonly definition: string;
}

/** A new table like an old one: without rows, indexes and keys, which come after the load. */
export async function createLike(
  session: PostgresSession,
  oid: string,
  name: TableName,
  load: number,
): Promise<TableName> {
  const table = `_sluice_new_${load}`;
  const fresh = { schema: name.schema, table, sql: `${quoteIdentifier(name.schema)}.${quoteIdentifier(table)}` };
  await session.run(
    `CREATE TABLE ${fresh.sql} (LIKE ${name.sql} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE INCLUDING COMPRESSION INCLUDING COMMENTS)`,
  );
  const [owner] = await session.rows<{ name: string }>(
    'SELECT pg_get_userbyid(relowner) AS name FROM pg_class WHERE oid = $1::oid AND pg_get_userbyid(relowner) <> current_user',
    [oid],
  );
  if (owner) await session.run(`ALTER TABLE ${fresh.sql} OWNER TO ${quoteIdentifier(owner.name)}`);
  return fresh;
}

/** Gives the new table the old one's keys, indexes, policies, grants and comment, then takes its place. Readers wait only for the last part. Gives the rows
 * that the old one had, which is set aside. */
export async function takePlace(
  session: PostgresSession,
  oid: string,
  old: TableName,
  fresh: TableName,
  load: number,
): Promise<number> {
  const before = await countBefore(session, old);
  const parts = await partsOf(session, oid);
  const temporary = parts.map((_, index) => quoteIdentifier(`_sluice_part_${load}_${index}`));
  for (const [index, part] of parts.entries()) {
    const name = temporary[index] ?? '';
    if (part.constraint !== null)
      await session.run(`ALTER TABLE ${fresh.sql} ADD CONSTRAINT ${name} ${part.constraint}`);
    else await session.run(indexSql(part, name, fresh));
  }
  await copyPolicies(session, oid, fresh);
  await copyGrants(session, oid, fresh);
  await setGenerationAside(session, old, parts, load);
  await session.run(`ALTER TABLE ${fresh.sql} RENAME TO ${quoteIdentifier(old.table)}`);
  for (const [index, part] of parts.entries()) {
    const [from = '', to] = [temporary[index], quoteIdentifier(part.name)];
    await session.run(
      part.constraint !== null
        ? `ALTER TABLE ${old.sql} RENAME CONSTRAINT ${from} TO ${to}`
        : `ALTER INDEX ${quoteIdentifier(old.schema)}.${from} RENAME TO ${to}`,
    );
  }
  return before;
}

async function partsOf(session: PostgresSession, oid: string): Promise<Part[]> {
  return session.rows<Part & Record<string, unknown>>(
    `SELECT ic.relname AS name, pg_get_constraintdef(k.oid) AS constraint, pg_get_indexdef(i.indexrelid) AS definition,
       format('CREATE %sINDEX %I ON %I.%I', CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END, ic.relname, n.nspname, c.relname) AS beginning
     FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid
     JOIN pg_namespace n ON n.oid = c.relnamespace
     LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x')
     WHERE i.indrelid = $1::oid ORDER BY ic.relname`,
    [oid],
  );
}

function indexSql({ beginning, definition, name: old }: Part, name: string, fresh: TableName): string {
  if (!definition.startsWith(`${beginning} `)) throw new Error(`the definition of index ${old} begins unexpectedly`);
  const unique = beginning.startsWith('CREATE UNIQUE') ? 'UNIQUE ' : '';
  return `CREATE ${unique}INDEX ${name} ON ${fresh.sql}${definition.slice(beginning.length)}`;
}

async function copyPolicies(session: PostgresSession, oid: string, fresh: TableName): Promise<void> {
  const policies = await session.rows<{ statement: string }>(
    `SELECT format('CREATE POLICY %I ON %s AS %s FOR %s TO %s%s%s', polname, $2::text,
       CASE WHEN polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
       CASE polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
       (SELECT string_agg(CASE r WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(r)) END, ', ') FROM unnest(polroles) r),
       ' USING (' || pg_get_expr(polqual, polrelid) || ')', ' WITH CHECK (' || pg_get_expr(polwithcheck, polrelid) || ')') AS statement
     FROM pg_policy WHERE polrelid = $1::oid ORDER BY polname`,
    [oid, fresh.sql],
  );
  for (const { statement } of policies) await session.run(statement);
  const [table] = await session.rows<{ enabled: boolean; forced: boolean; comment: string | null }>(
    `SELECT relrowsecurity AS enabled, relforcerowsecurity AS forced, obj_description(oid, 'pg_class') AS comment
     FROM pg_class WHERE oid = $1::oid`,
    [oid],
  );
  if (table?.enabled) await session.run(`ALTER TABLE ${fresh.sql} ENABLE ROW LEVEL SECURITY`);
  if (table?.forced) await session.run(`ALTER TABLE ${fresh.sql} FORCE ROW LEVEL SECURITY`);
  if (table?.comment) await session.run(`COMMENT ON TABLE ${fresh.sql} IS ${quoteComment(table.comment)}`);
}

/** Takes away what default privileges gave the new table and grants what the old one had. */
async function copyGrants(session: PostgresSession, oid: string, fresh: TableName): Promise<void> {
  const grants = await session.rows<{ statement: string }>(
    `WITH acl AS (SELECT c.oid, a.grantee, a.privilege_type, a.is_grantable FROM pg_class c,
       aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) a WHERE c.oid IN ($1::oid, $2::regclass))
     SELECT statement FROM (
       SELECT DISTINCT 1 AS step, format('REVOKE ALL ON %s FROM %s', $2::text,
         CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END) AS statement
       FROM acl WHERE oid = $2::regclass
       UNION ALL
       SELECT 2, format('GRANT %s ON %s TO %s%s', privilege_type, $2::text,
         CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END,
         CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
       FROM acl WHERE oid = $1::oid) s ORDER BY step, statement`,
    [oid, fresh.sql],
  );
  for (const { statement } of grants) await session.run(statement);
}

function quoteComment(text: string): string {
  return text.includes('\\') ? `E${quoteLiteral(text.replaceAll('\\', '\\\\'))}` : quoteLiteral(text);
}
