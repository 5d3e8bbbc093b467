import { Client, type ClientConfig, type QueryResultRow } from 'pg';
import { AuthenticationFailedError } from '../../errors/authentication-failed-error';
import type { SluiceError } from '../../errors/sluice-error';
import { TlsRequiredError } from '../../errors/tls-required-error';
import { durationMs } from '../../model/duration';
import { isLoopback } from '../../model/is-loopback';
import type { PostgresConnection } from '../../config/schema/connection';
import type { ObserveCall } from '../../model/observed-call';
import { observeQueries } from './observe-queries';
import { isPostgresError, postgresErrorOf } from './postgres-error-of';

/** How a connection gets what the project's files do not hold. */
export interface PostgresCredentials {
  /** Resolves the secret that the connection names, anew for every connection that is opened. */
  password(): Promise<string | undefined>;
  /** Told when the server refused it: the next one is fetched anew. */
  refused?(): void;
  /** Told of every statement that has ended. */
  readonly observe?: ObserveCall;
}

/** Values are bound as `$1`, `$2`, ...; every statement but COPY goes through here, and errors come out as `SluiceError`s. */
export interface PostgresSession {
  readonly client: Client;
  rows<T extends QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<T[]>;
  run(sql: string, values?: readonly unknown[]): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 15_000;

/** Opens one connection, does the work and closes it, whatever happens. `errorOf` words what goes wrong; a target's words by default. */
export async function withPostgres<T>(
  config: PostgresConnection,
  credentials: PostgresCredentials,
  name: string,
  work: (session: PostgresSession) => Promise<T>,
  errorOf: (error: unknown, connection: string) => SluiceError = postgresErrorOf,
): Promise<T> {
  const client = new Client(await clientConfig(config, credentials, name));
  // A connection that breaks while nobody waits for it; the next statement says so.
  client.on('error', () => {});
  if (credentials.observe) observeQueries(client, name, credentials.observe);
  try {
    await client.connect();
    await client.query(settings(config));
    return await work(sessionOf(client, name, errorOf));
  } catch (error) {
    // A cancelled run or a bug is not the target's doing.
    if (!isPostgresError(error)) throw error;
    const fault = errorOf(error, name);
    if (fault instanceof AuthenticationFailedError) credentials.refused?.();
    throw fault;
  } finally {
    await client.end().catch(() => {});
  }
}

function sessionOf(
  client: Client,
  name: string,
  errorOf: (error: unknown, connection: string) => SluiceError,
): PostgresSession {
  const rows = async <T extends QueryResultRow>(sql: string, values: readonly unknown[] = []): Promise<T[]> => {
    try {
      return (await client.query<T>(sql, [...values])).rows;
    } catch (error) {
      throw errorOf(error, name);
    }
  };
  return {
    client,
    rows,
    run: async (sql, values) => {
      await rows(sql, values);
    },
  };
}

async function clientConfig(
  { host, port, database, user, tls }: PostgresConnection,
  credentials: PostgresCredentials,
  name: string,
): Promise<ClientConfig> {
  if (tls === 'off' && !isLoopback(host)) throw new TlsRequiredError(host, name);
  const password = await credentials.password();
  return {
    host,
    port,
    database,
    user,
    ...(password !== undefined && { password }),
    ssl: tls === 'off' ? false : { rejectUnauthorized: tls === 'verify-full' },
    application_name: 'sluice',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  };
}

/** What canonical texts rest on, and limits; numbers only, so that nothing needs quoting. */
function settings({ statementTimeout, lockTimeout }: PostgresConnection): string {
  return [
    `SET statement_timeout = ${durationMs(statementTimeout)}`,
    `SET lock_timeout = ${durationMs(lockTimeout)}`,
    'SET idle_in_transaction_session_timeout = 600000',
    `SET TimeZone = 'UTC'`,
    `SET DateStyle = 'ISO, YMD'`,
    `SET bytea_output = 'hex'`,
    'SET extra_float_digits = 1',
    `SET client_encoding = 'UTF8'`,
    'SET client_min_messages = warning',
  ].join('; ');
}
