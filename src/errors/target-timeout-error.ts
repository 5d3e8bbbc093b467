import { SluiceError } from './sluice-error';

/** A statement ran into statement_timeout. */
export class TargetTimeoutError extends SluiceError {
  constructor(message: string, connection: string, cause?: unknown) {
    super(`A statement took longer than the connection allows (connection ${connection}): ${message}`, {
      class: 'transient',
      code: 'target-timeout',
      nextAction: 'It is tried again by itself; if it stays, raise statementTimeout or make the load smaller.',
      connection,
      cause,
    });
  }
}
