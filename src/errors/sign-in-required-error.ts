import { SluiceError } from './sluice-error';

/** Nobody vouches for the caller of the API, and the route is not open to everybody. */
export class SignInRequiredError extends SluiceError {
  constructor(readonly neededRole: string) {
    super(`The caller is not known; this needs the role '${neededRole}'.`, {
      class: 'persistent',
      code: 'sign-in-required',
      nextAction: "Send a token of Microsoft Entra for this app's API as 'Authorization: Bearer ...'.",
    });
  }
}
