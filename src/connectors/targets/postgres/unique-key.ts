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

/** The statement that makes the index; its name is hashed, because names are cut after 63 bytes. */
export function keySql({ table, sql }: TableName, key: readonly string[]): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([table, ...key]))
    .digest('hex')
    .slice(0, 10);
  const index = `${Buffer.from(table).subarray(0, 40).toString('utf8').replaceAll('\ufffd', '')}_key_${hash}`;
  return `CREATE UNIQUE INDEX ${quoteIdentifier(index)} ON ${sql} (${key.map(quoteIdentifier).join(', ')})`;
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
