import { AuthenticationFailedError } from '../../errors/authentication-failed-error';
import { EngineDiskFullError } from '../../errors/engine-disk-full-error';
import { reasonOf } from '../../errors/reason-of';
import { SluiceError } from '../../errors/sluice-error';
import { StagingLostError } from '../../errors/staging-lost-error';
import { TargetBusyError } from '../../errors/target-busy-error';
import { TargetConstraintError } from '../../errors/target-constraint-error';
import { TargetDiskFullError } from '../../errors/target-disk-full-error';
import { TargetPermissionError } from '../../errors/target-permission-error';
import { TargetQueryError } from '../../errors/target-query-error';
import { TargetTimeoutError } from '../../errors/target-timeout-error';
import { TargetUnavailableError } from '../../errors/target-unavailable-error';
import { TargetValueError } from '../../errors/target-value-error';
import { TlsFailedError } from '../../errors/tls-failed-error';
import { STAGING_SCHEMA } from './staging-schema';

interface Thrown {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly constraint?: unknown;
  readonly table?: unknown;
  readonly column?: unknown;
}

const SQLSTATE = /^[0-9A-Z]{5}$/;

/** The SQLSTATE of a server's error; null when the server did not answer at all. */
export function sqlStateOf(error: unknown): string | null {
  const code = (error as Thrown | null)?.code;
  return typeof code === 'string' && SQLSTATE.test(code) && code !== 'EPIPE' ? code : null;
}

/** Whether the connection is gone, so that nobody knows what the server did with the last statement. */
export function isConnectionLoss(error: unknown): boolean {
  const state = sqlStateOf(error);
  return state === null || state.startsWith('08') || /^57P0[1-5]$/.test(state);
}

/** What PostgreSQL or the driver threw, as an error that says what to do. https://www.postgresql.org/docs/current/errcodes-appendix.html */
export function postgresErrorOf(error: unknown, connection: string): SluiceError {
  if (error instanceof SluiceError) return error;
  const state = sqlStateOf(error);
  const message = reasonOf(error);
  if (state === null) return driverErrorOf(error, message, connection);
  switch (state) {
    case '28000':
    case '28P01':
      return new AuthenticationFailedError('The target', connection, error);
    case '42501':
      return new TargetPermissionError(message, connection, error);
    case '53300':
    case '40001':
    case '40P01':
    case '55P03':
    case '55006':
      return new TargetBusyError(message, connection, error);
    case '57014':
      return new TargetTimeoutError(message, connection, error);
    case '53100':
    case '53200':
    case '58030':
      return new TargetDiskFullError(message, connection, error);
    // A standby before it takes over, or a managed server whose disk is nearly full.
    case '25006':
      return new TargetUnavailableError(message, connection, error);
    case '42P01':
      if (message.includes(STAGING_SCHEMA)) return new StagingLostError(message, connection);
      break;
    default:
  }
  if (isConnectionLoss(error)) return new TargetUnavailableError(message, connection, error);
  // Messages about values quote them: neither message nor cause goes on.
  if (state.startsWith('23')) return new TargetConstraintError(constraintText(error as Thrown, state), connection);
  if (state.startsWith('22')) return new TargetValueError(withoutValues(message), connection);
  if (isOfUsers(state)) return new TargetQueryError(refusedByUsers(state), connection);
  return new TargetQueryError(message, connection, error);
}

/** Classes of states that the server itself raises; the rest is raised by functions and triggers that somebody wrote. */
const OF_SERVER = /^(0[^0]|2[0-9BDF]|3[489BDF]|40|42|44|5[3-8]|72|F0|HV|XX)/;

/** Whether an error was raised by a function of the database's users, whose message may hold whatever the row held. */
export function isOfUsers(state: string): boolean {
  return !OF_SERVER.test(state);
}

/** What is said in place of a message of the database's users. */
export function refusedByUsers(state: string): string {
  return `a function or trigger of the database raised an error (SQLSTATE ${state}); its message is in the log of the server`;
}

/** Errors of the driver, of Node.js and of the network: no server answered with a SQLSTATE. */
function driverErrorOf(error: unknown, message: string, connection: string): SluiceError {
  const code = (error as Thrown | null)?.code;
  if (/password must be a string|SASL|SCRAM/i.test(message)) {
    return new AuthenticationFailedError('The target', connection, error);
  }
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new EngineDiskFullError('No disk space left for rows on their way', error);
  if (/certificate|SSL connections|altnames/i.test(message) || /CERT|ERR_TLS|ERR_SSL/.test(String(code))) {
    return new TlsFailedError(connection, error);
  }
  return new TargetUnavailableError(message, connection, error);
}

/** Whether an error comes from the server, the driver or the network, not from the work around them. */
export function isPostgresError(error: unknown): boolean {
  if (sqlStateOf(error) !== null) return true;
  const { code, message } = (typeof error === 'object' && error !== null ? error : {}) as Thrown;
  if (typeof code === 'string' && /^(E[A-Z]+|.*CERT.*|ERR_(TLS|SSL|STREAM|SOCKET)_.*)$/.test(code)) return true;
  return (
    typeof message === 'string' &&
    /connection (terminated|error|ended|timeout)|timeout expired|not queryable|SSL connections|SASL|SCRAM|password must be a string/i.test(
      message,
    )
  );
}

function constraintText({ table, constraint, column }: Thrown, state: string): string {
  const what: Record<string, string> = {
    '23505': 'unique key',
    '23503': 'foreign key',
    '23502': 'NOT NULL',
    '23514': 'CHECK',
  };
  const name = [constraint, column].find((part) => typeof part === 'string' && part !== '') as string | undefined;
  return `${what[state] ?? 'constraint'} ${name ?? ''} of ${typeof table === 'string' ? table : 'the table'}`;
}

function withoutValues(message: string): string {
  return message.replace(/"(?:[^"]|"")*"/g, '"..."');
}
