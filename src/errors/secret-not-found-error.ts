import { SluiceError } from './sluice-error';

/** A secret that a connection names is in none of the places that are looked at. */
export class SecretNotFoundError extends SluiceError {
  constructor(name: string, places: readonly string[], cause?: unknown) {
    super(`There is no secret '${name}': looked at ${places.join(', ')}.`, {
      class: 'persistent',
      code: 'secret-not-found',
      nextAction: `Set one of: ${places.join(', ')}. Then run again.`,
      cause,
    });
  }
}
