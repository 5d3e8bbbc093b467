import type { PostgresSession } from '../../postgres/postgres-session';

/** Rows of a relation; `from` is SQL. */
export async function countRows(session: PostgresSession, from: string): Promise<number> {
  const [row] = await session.rows<{ n: string }>(`SELECT count(*) AS n FROM ${from}`);
  return Number(row?.n);
}

/** Runs an INSERT, UPDATE or DELETE and gives how many rows it concerned. */
export async function affectedRows(
  session: PostgresSession,
  sql: string,
  values: readonly unknown[] = [],
): Promise<number> {
  const [row] = await session.rows<{ n: string }>(
    `WITH done AS (${sql} RETURNING 1) SELECT count(*) AS n FROM done`,
    values,
  );
  return Number(row?.n);
}
