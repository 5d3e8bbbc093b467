import type { QueryArrayConfig, QueryResult } from 'pg';
import type { PostgresConnection } from '../../../config/schema/connection';
import type { PostgresCredentials } from '../../postgres/postgres-credentials';
import { withPostgres, type PostgresSession } from '../../postgres/postgres-session';
import { sourceErrorOf } from './source-error-of';

export interface ReadOptions {
  readonly config: PostgresConnection;
  readonly credentials: PostgresCredentials;
  /** The connection's name, for errors. */
  readonly connection: string;
  /** What is read, for errors. */
  readonly what: string;
}

/** Opens a connection, does the work in one read-only transaction that sees one state of the database, and closes it. */
export async function readSource<T>(options: ReadOptions, work: (session: PostgresSession) => Promise<T>): Promise<T> {
  const { config, credentials, connection, what } = options;
  const inTransaction = async (session: PostgresSession): Promise<T> => {
    await session.run('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const result = await work(session);
    await session.run('COMMIT');
    return result;
  };
  return withPostgres(config, credentials, connection, inTransaction, (error) =>
    sourceErrorOf(error, what, connection),
  );
}

/** Runs one statement by the extended protocol, which refuses a second statement behind it. */
export async function runOne(
  { client }: PostgresSession,
  text: string,
  values: readonly unknown[] = [],
): Promise<QueryResult> {
  // The types of the driver do not know the mode yet.
  return client.query({ text, values: [...values], queryMode: 'extended' } as Omit<QueryArrayConfig, 'rowMode'>);
}
