import { SluiceError } from './sluice-error';

/** A `${secret:name}` that nobody knows. Never holds a value. */
export class SecretNotFoundError extends SluiceError {
  constructor(name: string, where: string, cause?: unknown) {
    super(`The secret '${name}' was not found in ${where}.`, {
      class: 'persistent',
      code: 'secret-not-found',
      nextAction: `Put the secret '${name}' there, or correct the name in the connection, then run again.`,
      cause,
    });
  }
}
