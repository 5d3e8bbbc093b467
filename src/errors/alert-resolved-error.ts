import { SluiceError } from './sluice-error';

/** Somebody acknowledges an alert that is over. */
export class AlertResolvedError extends SluiceError {
  constructor(id: string, { by, at }: { readonly by: string; readonly at: string }) {
    super(`The alert ${id} was resolved by ${by} at ${at}.`, {
      class: 'business',
      code: 'alert-resolved',
      nextAction: 'There is nothing to acknowledge; what comes again is a new alert.',
    });
  }
}
