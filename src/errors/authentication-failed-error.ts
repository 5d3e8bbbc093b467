import { reasonOf } from './reason-of';
import { SluiceError } from './sluice-error';

/** A connection refuses the credentials that it is given, or the secret is missing. */
export class AuthenticationFailedError extends SluiceError {
  constructor(what: string, connection: string, cause?: unknown) {
    super(`${what} refuses who we are (connection ${connection}): ${reasonOf(cause)}`, {
      class: 'persistent',
      code: 'authentication-failed',
      nextAction: 'Correct the user, the secret or the role assignment of the connection; then run again.',
      connection,
      cause,
    });
  }
}
