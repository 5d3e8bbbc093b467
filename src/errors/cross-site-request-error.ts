import { SluiceError } from './sluice-error';

/** A page of another site has the browser of somebody who may call the API send what changes something. */
export class CrossSiteRequestError extends SluiceError {
  constructor() {
    super('A page of another site asks for something that changes the app.', {
      class: 'business',
      code: 'cross-site-request',
      nextAction: 'Use the page of the app itself, or a program that is no browser.',
    });
  }
}
