import type { SecretEvent } from '../platform/secrets/create-secret-resolver';
import type { Logger } from './logger';

/** Writes down what happens to secrets, by name: a rotation that was noticed, an end that comes near, a vault that is away. */
export function logSecretEvents(log: Logger): (event: SecretEvent) => void {
  return ({ event, secret: name, ...fields }) => {
    // Under `secret` the logger would hide the name.
    const written = { name, ...fields };
    if (event === 'secret-read') log.debug(event, written);
    else if (event === 'secret-renewed') log.info(event, written);
    else if (event === 'secret-expired') log.error(event, written);
    else log.warn(event, written);
  };
}
