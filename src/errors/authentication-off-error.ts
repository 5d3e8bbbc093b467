import { SluiceError } from './sluice-error';

/** SLUICE_AUTH says that the platform vouches for callers, and the platform does not. */
export class AuthenticationOffError extends SluiceError {
  constructor() {
    super("SLUICE_AUTH is 'entra', and App Service authentication is not on: nobody's word for a caller counts.", {
      class: 'persistent',
      code: 'authentication-off',
      nextAction:
        "Turn App Service authentication on (infra: the parameter 'access'), or set SLUICE_AUTH to functionKey.",
    });
  }
}
