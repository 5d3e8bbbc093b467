import type { PostgresSession } from '../../postgres/postgres-session';
import type { TableName } from './target-table';

/** Why a table cannot be swapped for a new one without losing something; null when nothing stands in the way. */
export async function swapObstacle(
  session: PostgresSession,
  oid: string,
  { schema }: TableName,
): Promise<string | null> {
  const [table] = await session.rows<Record<string, string | null>>(
    `SELECT CASE
       WHEN c.relkind <> 'r' OR c.relispartition THEN 'it is partitioned or a partition'
       WHEN c.relpersistence <> 'p' THEN 'it is not a logged table'
       WHEN c.relhastriggers THEN 'it has triggers or foreign keys'
       WHEN c.relhasrules THEN 'it has rules'
       WHEN c.reloptions IS NOT NULL THEN 'it has storage parameters'
       WHEN c.reltablespace <> 0 THEN 'it has a tablespace of its own'
       WHEN c.relreplident <> 'd' THEN 'it has a replica identity'
       WHEN NOT pg_has_role(c.relowner, 'USAGE') THEN 'it belongs to another role'
       WHEN NOT has_schema_privilege($2, 'CREATE') THEN 'its schema takes no new tables'
       WHEN EXISTS (SELECT FROM pg_inherits WHERE inhrelid = c.oid OR inhparent = c.oid) THEN 'it inherits'
       WHEN EXISTS (SELECT FROM pg_seclabel WHERE objoid = c.oid) THEN 'it has a security label'
       WHEN EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND
         (a.attacl IS NOT NULL OR a.attidentity <> '' OR a.attgenerated <> '' OR a.attoptions IS NOT NULL
          OR coalesce(a.attstattarget, -1) <> -1)) THEN 'a column has grants, an identity or settings of its own'
       WHEN EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND (i.indisclustered OR NOT i.indisvalid))
         THEN 'an index is clustered or not valid'
     END AS obstacle FROM pg_class c WHERE c.oid = $1::oid`,
    [oid, schema],
  );
  if (table?.['obstacle']) return table['obstacle'];
  // Its own indexes, constraints, defaults, policies, TOAST table and row type go and come with it; anything else depends on it.
  const [dependent] = await session.rows<{ what: string }>(
    `SELECT pg_describe_object(d.classid, d.objid, d.objsubid) AS what
     FROM pg_depend d JOIN pg_class c ON c.oid = $1::oid
     WHERE ((d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid)
         OR (d.refclassid = 'pg_type'::regclass AND d.refobjid IN (c.reltype, (SELECT typarray FROM pg_type WHERE oid = c.reltype))))
       AND NOT (d.classid = 'pg_class'::regclass AND d.objid IN
         (SELECT indexrelid FROM pg_index WHERE indrelid = c.oid UNION ALL SELECT c.reltoastrelid))
       AND NOT (d.classid = 'pg_constraint'::regclass AND d.objid IN
         (SELECT oid FROM pg_constraint WHERE conrelid = c.oid AND contype IN ('p', 'u', 'c', 'n', 'x')))
       AND NOT (d.classid = 'pg_attrdef'::regclass AND d.objid IN (SELECT oid FROM pg_attrdef WHERE adrelid = c.oid))
       AND NOT (d.classid = 'pg_policy'::regclass AND d.objid IN (SELECT oid FROM pg_policy WHERE polrelid = c.oid))
       AND NOT (d.classid = 'pg_type'::regclass AND d.objid IN (c.reltype, (SELECT typarray FROM pg_type WHERE oid = c.reltype)))
     LIMIT 1`,
    [oid],
  );
  return dependent === undefined ? null : `${dependent.what} depends on it`;
}

/** A foreign key that would delete or change rows elsewhere when the table is emptied; null when there is none. */
export async function destructiveForeignKey(session: PostgresSession, oid: string): Promise<string | null> {
  const [found] = await session.rows<{ what: string }>(
    `SELECT format('%s of %s', conname, conrelid::regclass) AS what FROM pg_constraint
     WHERE confrelid = $1::oid AND contype = 'f' AND confdeltype NOT IN ('a', 'r') LIMIT 1`,
    [oid],
  );
  return found?.what ?? null;
}
