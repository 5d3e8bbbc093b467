import type { DataState, Failure } from '../model/failure';
import { EngineDiskFullError } from './engine-disk-full-error';
import { SluiceError, type FailureScope } from './sluice-error';

/** Turns whatever was thrown into a failure. Unknown errors are `persistent` with code `unexpected-error`. */
export function toFailure(thrown: unknown, scope: FailureScope = {}, dataState?: DataState): Failure {
  const error = isDiskFull(thrown) ? new EngineDiskFullError(`The disk is full: ${messageOf(thrown)}`, thrown) : thrown;
  const known = error instanceof SluiceError ? error : undefined;
  const code = known?.code ?? 'unexpected-error';
  const connection = known?.connection ?? scope.connection;
  return {
    class: known?.class ?? 'persistent',
    code,
    message: messageOf(error),
    causes: causesOf(error),
    dataState: dataState ?? known?.dataState ?? 'unknown',
    nextAction:
      known?.nextAction ?? 'Read the causes; if they do not explain it, report this as a bug with the run id.',
    runbook: `docs/runbooks/${code}.md`,
    ...definedOnly({ ...scope, connection, retryAfterMs: known?.retryAfterMs }),
  };
}

/** Any write to the local disk may find it full, wherever it is made. */
function isDiskFull(error: unknown): boolean {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return !(error instanceof SluiceError) && (code === 'ENOSPC' || code === 'EDQUOT');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function causesOf(error: unknown): string[] {
  const causes: string[] = [];
  let current = error instanceof Error ? error.cause : undefined;
  while (current !== undefined && causes.length < 8) {
    causes.push(messageOf(current));
    current = current instanceof Error ? current.cause : undefined;
  }
  return causes;
}

function definedOnly<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
