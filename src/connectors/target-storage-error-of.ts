import { AuthenticationFailedError } from '../errors/authentication-failed-error';
import { SluiceError } from '../errors/sluice-error';
import { TargetBusyError } from '../errors/target-busy-error';
import { TargetMissingError } from '../errors/target-missing-error';
import { TargetPermissionError } from '../errors/target-permission-error';
import { TargetQueryError } from '../errors/target-query-error';
import { TargetUnavailableError } from '../errors/target-unavailable-error';

/** The HTTP status of what a storage client threw; null where there was no answer. */
export function statusOf(error: unknown): number | null {
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' ? status : null;
}

/** What the account of a target answered, as an error that says what to do. https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes */
export function targetStorageErrorOf(error: unknown, what: string, connection: string): unknown {
  if (error instanceof SluiceError) return error;
  const status = statusOf(error);
  const isRequest = (error as { name?: unknown } | null)?.name === 'RestError';
  if (status === null) return isRequest ? new TargetUnavailableError(what, connection, error) : error;
  if (status === 401) return new AuthenticationFailedError(what, connection, error);
  if (status === 403) return new TargetPermissionError(what, connection, error);
  if (status === 404 && isMissingContainer(error)) return new TargetMissingError('The container', connection, error);
  if (status === 429 || status === 503) return new TargetBusyError(what, connection, error);
  if (status === 408 || status >= 500) return new TargetUnavailableError(what, connection, error);
  return new TargetQueryError(`${what}: status ${status}`, connection, error);
}

/** Whether the service says that the container itself is not there. */
export function isMissingContainer(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'ContainerNotFound';
}
