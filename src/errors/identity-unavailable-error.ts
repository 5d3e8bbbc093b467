import { SluiceError } from './sluice-error';
import { reasonOf } from './reason-of';

/** No token for the app's own identity, or for the developer who runs it. Holds what was tried, never a token. */
export class IdentityUnavailableError extends SluiceError {
  /** `who` is whose token it would be; `passing` says whether asking again later may help. */
  constructor(who: 'managed identity' | 'developer', passing: boolean, cause?: unknown) {
    const managed = who === 'managed identity';
    super(
      `No token for the ${managed ? 'managed identity of the app' : 'developer on this machine'}: ${reasonOf(cause)}`,
      {
        class: passing ? 'infrastructure' : 'persistent',
        code: 'identity-unavailable',
        nextAction: !managed
          ? 'Log in with az login, azd auth login or Connect-AzAccount, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and a secret or certificate of a service principal; then run again.'
          : passing
            ? 'Nothing: it is tried again. If it lasts, restart the app and look at the health of its identity.'
            : 'Assign the identity to the app, and set SLUICE_MANAGED_IDENTITY_CLIENT_ID to its client id where it is user-assigned; then run again.',
        cause,
      },
    );
  }
}
