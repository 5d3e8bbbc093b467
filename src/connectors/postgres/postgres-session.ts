import type { Socket } from 'node:net';
import { Client, type ClientConfig, type QueryResultRow } from 'pg';
import { AuthenticationFailedError } from '../../errors/authentication-failed-error';
import type { SluiceError } from '../../errors/sluice-error';
import { TlsRequiredError } from '../../errors/tls-required-error';
import { durationMs } from '../../model/duration';
import { countConnection } from '../../platform/usage-meter';
import { isLoopback } from '../../model/is-loopback';
import type { PostgresConnection } from '../../config/schema/connection';
import { observeQueries } from './observe-queries';
import { TlsFailedError } from '../../errors/tls-failed-error';
import type { PostgresCredentials, PostgresLogin } from './postgres-credentials';
import { isPostgresError, postgresErrorOf } from './postgres-error-of';

/** Values are bound as `$1`, `$2`, ...; every statement but COPY goes through here, and errors come out as `SluiceError`s. */
export interface PostgresSession {
  readonly client: Client;
  rows<T extends QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<T[]>;
  run(sql: string, values?: readonly unknown[]): Promise<void>;
  /** Runs an INSERT, UPDATE or DELETE and gives the command's own count of rows. */
  changed(sql: string, values?: readonly unknown[]): Promise<number>;
}

const CONNECT_TIMEOUT_MS = 15_000;

/**
 * Opens one connection, does the work and closes it, whatever happens. A login that is refused is tried once more with what its secrets
 * are now, where that is something else. `errorOf` words what goes wrong; a target's words by default.
 */
export async function withPostgres<T>(
  config: PostgresConnection,
  credentials: PostgresCredentials,
  name: string,
  work: (session: PostgresSession) => Promise<T>,
  errorOf: (error: unknown, connection: string) => SluiceError = postgresErrorOf,
): Promise<T> {
  if (config.tls === 'off' && !isLoopback(config.host)) throw new TlsRequiredError(config.host, name);
  const began = performance.now();
  const client = await connected(config, credentials, name, errorOf);
  if (credentials.observe) observeQueries(client, name, credentials.observe);
  try {
    await client.query(settings(config));
    return await work(sessionOf(client, name, errorOf));
  } catch (error) {
    // A cancelled run or a bug is not the target's doing.
    throw isPostgresError(error) ? errorOf(error, name) : error;
  } finally {
    await client.end().catch(() => {});
    countConnection(name, { calls: 1, ms: performance.now() - began, ...bytesOf(client) });
  }
}

/** What went over the wire, encrypted or not. */
function bytesOf(client: Client): { readonly sentBytes: number; readonly receivedBytes: number } {
  const { bytesWritten = 0, bytesRead = 0 } = client.connection.stream as Partial<Socket>;
  return { sentBytes: bytesWritten, receivedBytes: bytesRead };
}

async function connected(
  config: PostgresConnection,
  credentials: PostgresCredentials,
  name: string,
  errorOf: (error: unknown, connection: string) => SluiceError,
): Promise<Client> {
  const login = await credentials.login();
  try {
    return await connect(config, login);
  } catch (error) {
    if (!isPostgresError(error)) throw error;
    const fault = errorOf(error, name);
    if (!(fault instanceof AuthenticationFailedError || fault instanceof TlsFailedError)) throw fault;
    const renewed = (await credentials.renewed?.(login)) ?? null;
    if (renewed === null) throw fault;
    return await connect(config, renewed).catch((again: unknown) => {
      throw isPostgresError(again) ? errorOf(again, name) : again;
    });
  }
}

async function connect(config: PostgresConnection, login: PostgresLogin): Promise<Client> {
  const client = new Client(clientConfig(config, login));
  // A connection that breaks while nobody waits for it; the next statement says so.
  client.on('error', () => {});
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
}

function sessionOf(
  client: Client,
  name: string,
  errorOf: (error: unknown, connection: string) => SluiceError,
): PostgresSession {
  const query = async <T extends QueryResultRow>(sql: string, values: readonly unknown[] = []) => {
    try {
      return await client.query<T>(sql, [...values]);
    } catch (error) {
      throw errorOf(error, name);
    }
  };
  return {
    client,
    rows: async <T extends QueryResultRow>(sql: string, values?: readonly unknown[]) =>
      (await query<T>(sql, values)).rows,
    run: async (sql, values) => {
      await query(sql, values);
    },
    changed: async (sql, values) => (await query(sql, values)).rowCount ?? 0,
  };
}

function clientConfig(
  { host, port, database, user, tls }: PostgresConnection,
  { password, clientCertificate, trustedCertificates }: PostgresLogin,
): ClientConfig {
  return {
    host,
    port,
    database,
    user,
    // Never one of the environment or of a password file of whoever runs the app.
    password: password ?? '',
    ssl:
      tls === 'off'
        ? false
        : {
            rejectUnauthorized: tls === 'verify-full',
            ...clientCertificate,
            ...(trustedCertificates !== undefined && { ca: trustedCertificates }),
          },
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
