import { SluiceError } from '../errors/sluice-error';
import { statusOf, StorageError } from '../errors/storage-error';

/** Whether somebody else was there first: the record exists already, or is no longer as it was read. */
export function isConflict(error: unknown): boolean {
  const status = statusOf(error);
  return status === 409 || status === 412;
}

export function isNotFound(error: unknown): boolean {
  return statusOf(error) === 404;
}

/** Runs a call to the storage account; `operation` completes "Storage could not ...". Throws `SluiceError`s only. */
export async function storageCall<T>(operation: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw error instanceof SluiceError ? error : new StorageError(operation, error);
  }
}
