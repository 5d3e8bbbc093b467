import { createHash } from 'node:crypto';
import { quoteIdentifier } from '../../../engine/quote-identifier';
import type { PostgresSession } from '../../postgres/postgres-session';
import type { TableName } from './target-table';

/** Makes a unique index on the key, unless the table has one. After the first load, since building once is cheaper. */
export async function ensureKey(session: PostgresSession, name: TableName, key: readonly string[]): Promise<void> {
  const [found] = await session.rows(
    `SELECT 1 FROM pg_index i WHERE i.indrelid = $1::regclass AND i.indisunique AND i.indimmediate AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
       AND (SELECT array_agg(a.attname::text ORDER BY a.attname::text COLLATE "C") FROM pg_attribute a
            WHERE a.attrelid = i.indrelid AND a.attnum = ANY((i.indkey::int2[])[0:i.indnkeyatts - 1]))
         = (SELECT array_agg(k ORDER BY k COLLATE "C") FROM unnest($2::text[]) k)`,
    [name.sql, key],
  );
  if (found === undefined) await session.run(keySql(name, key));
}

/** The statement that makes the index. */
export function keySql({ table, sql }: TableName, key: readonly string[]): string {
  return `CREATE UNIQUE INDEX ${quoteIdentifier(indexName(table, key))} ON ${sql} (${key.map(quoteIdentifier).join(', ')})`;
}

/** Hashed, because names are cut after 63 bytes. */
function indexName(table: string, key: readonly string[]): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([table, ...key]))
    .digest('hex')
    .slice(0, 10);
  return `${Buffer.from(table).subarray(0, 40).toString('utf8').replaceAll('\ufffd', '')}_key_${hash}`;
}

/** Makes an index on the columns that need not be unique, unless the table has one that begins with them. */
export async function ensurePlainIndex(
  session: PostgresSession,
  name: TableName,
  columns: readonly string[],
): Promise<void> {
  const [found] = await session.rows(
    `SELECT 1 FROM pg_index i WHERE i.indrelid = $1::regclass AND i.indisvalid AND i.indpred IS NULL
       AND (SELECT array_agg(a.attname::text ORDER BY a.attname::text COLLATE "C") FROM pg_attribute a
            WHERE a.attrelid = i.indrelid AND a.attnum = ANY((i.indkey::int2[])[0:$3::int - 1]))
         = (SELECT array_agg(k ORDER BY k COLLATE "C") FROM unnest($2::text[]) k)`,
    [name.sql, columns, columns.length],
  );
  if (found === undefined) await session.run(plainIndexSql(name, columns));
}

/** The statement that makes such an index. */
export function plainIndexSql(name: TableName, columns: readonly string[]): string {
  return keySql(name, columns).replace('CREATE UNIQUE INDEX', 'CREATE INDEX').replace('_key_', '_idx_');
}

/** Makes a unique index on the key of current versions, unless the table has it: one row of each key is current. */
export async function ensureCurrentKey(
  session: PostgresSession,
  name: TableName,
  key: readonly string[],
  validTo: string,
): Promise<void> {
  await session.run(
    currentKeySql(name, key, validTo).replace('CREATE UNIQUE INDEX', 'CREATE UNIQUE INDEX IF NOT EXISTS'),
  );
}

/** The statement that makes such an index. */
export function currentKeySql(name: TableName, key: readonly string[], validTo: string): string {
  const index = quoteIdentifier(indexName(name.table, [...key, validTo]));
  const list = key.map(quoteIdentifier).join(', ');
  return `CREATE UNIQUE INDEX ${index} ON ${name.sql} (${list}) WHERE ${quoteIdentifier(validTo)} IS NULL`;
}
