import { AuthenticationFailedError } from '../../../errors/authentication-failed-error';
import { reasonOf } from '../../../errors/reason-of';
import { SluiceError } from '../../../errors/sluice-error';
import { SourceBusyError } from '../../../errors/source-busy-error';
import { SourceChangedError } from '../../../errors/source-changed-error';
import { SourceNotFoundError } from '../../../errors/source-not-found-error';
import { SourceRequestError } from '../../../errors/source-request-error';
import { SourceUnavailableError } from '../../../errors/source-unavailable-error';
import { TargetUnavailableError } from '../../../errors/target-unavailable-error';
import {
  isConnectionLoss,
  isOfUsers,
  postgresErrorOf,
  refusedByUsers,
  sqlStateOf,
} from '../../postgres/postgres-error-of';

/**
 * What PostgreSQL or the driver threw while a source was read, as an error that says what to do. Messages about values are not
 * handed on. https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function sourceErrorOf(error: unknown, what: string, connection: string): SluiceError {
  if (error instanceof SluiceError) return error;
  const state = sqlStateOf(error);
  const message = reasonOf(error);
  if (state === null) {
    const fault = postgresErrorOf(error, connection);
    return fault instanceof TargetUnavailableError ? new SourceUnavailableError(what, connection, error) : fault;
  }
  switch (state) {
    case '28000':
    case '28P01':
      return new AuthenticationFailedError(what, connection, error);
    case '3D000':
    case '3F000':
    case '42P01':
      return new SourceNotFoundError(what, connection, error);
    case '42703':
    case '42804':
    case '0A000':
      return new SourceChangedError(what, connection, error);
    case '53300':
    case '40001':
    case '40P01':
    case '55P03':
    case '57014':
      return new SourceBusyError(message, connection, error);
    default:
  }
  if (isConnectionLoss(error)) return new SourceUnavailableError(what, connection, error);
  if (isOfUsers(state)) return new SourceRequestError(what, connection, new Error(refusedByUsers(state)));
  const shown = state.startsWith('22') ? new Error(message.replace(/"(?:[^"]|"")*"/g, '"..."')) : error;
  return new SourceRequestError(what, connection, shown);
}
