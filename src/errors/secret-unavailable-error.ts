import { reasonOf } from './reason-of';
import { SluiceError } from './sluice-error';

/** The vault does not answer, or answers that it is busy. */
export class SecretUnavailableError extends SluiceError {
  constructor(name: string, cause?: unknown) {
    super(`The secret '${name}' cannot be read now: ${reasonOf(cause)}`, {
      class: 'transient',
      code: 'secret-unavailable',
      nextAction: 'It is tried again by itself; if that does not help, see whether the vault can be reached.',
      cause,
    });
  }
}
