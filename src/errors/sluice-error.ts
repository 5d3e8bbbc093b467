import type { DataState, Failure, FailureClass } from '../model/failure';

/** What an error needs besides its message. */
export interface SluiceErrorDetails {
  readonly class: FailureClass;
  readonly code: string;
  readonly nextAction: string;
  readonly dataState?: DataState;
  readonly connection?: string;
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/**
 * The base of all errors that Sluice throws on purpose. Subclasses live one to a file and fix class and code.
 * Messages and causes must not hold secrets or row values.
 */
export class SluiceError extends Error {
  readonly class: FailureClass;
  readonly code: string;
  readonly nextAction: string;
  readonly dataState: DataState;
  readonly connection: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, details: SluiceErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.class = details.class;
    this.code = details.code;
    this.nextAction = details.nextAction;
    this.dataState = details.dataState ?? 'nothing-loaded';
    this.connection = details.connection;
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** Where a failure happened; merged into the failure of whatever error is thrown there. */
export type FailureScope = Pick<Failure, 'runId' | 'pipeline' | 'step' | 'partition' | 'connection'>;
