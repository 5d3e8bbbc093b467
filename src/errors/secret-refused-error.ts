import { reasonOf } from './reason-of';
import { SluiceError } from './sluice-error';

/** The vault refuses the app's identity. */
export class SecretRefusedError extends SluiceError {
  constructor(name: string, cause?: unknown) {
    super(`The vault refuses to give the secret '${name}': ${reasonOf(cause)}`, {
      class: 'persistent',
      code: 'secret-refused',
      nextAction: "Give the app's identity the role Key Vault Secrets User on the vault, then run again.",
      cause,
    });
  }
}
