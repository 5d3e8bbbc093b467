import { SluiceError } from './sluice-error';

/** Azure Storage refused or did not answer. Class by status: throttling and server errors pass, the rest stay. */
export class StorageError extends SluiceError {
  readonly status: number | undefined;

  constructor(operation: string, error: unknown) {
    const status = statusOf(error);
    const passing = status === undefined || status === 408 || status === 429 || status >= 500;
    super(`Storage could not ${operation}: ${error instanceof Error ? firstLine(error.message) : String(error)}`, {
      class: status === 429 || status === 408 ? 'transient' : passing ? 'infrastructure' : 'persistent',
      code: passing ? 'storage-unavailable' : 'storage-refused',
      nextAction: passing
        ? 'Nothing: it is tried again. If it lasts, look at the health of the storage account.'
        : "Check the app's roles on the storage account and its network rules, then run again.",
      dataState: 'unknown',
    });
    this.status = status;
  }
}

/** The HTTP status of an Azure SDK error; undefined where there was no answer. */
export function statusOf(error: unknown): number | undefined {
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' ? status : undefined;
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? text;
