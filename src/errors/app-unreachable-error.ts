import { reasonOf } from './reason-of';
import { SluiceError } from './sluice-error';

/** The command line asked a running app, and nobody answered as one. */
export class AppUnreachableError extends SluiceError {
  constructor(address: string, cause?: unknown) {
    super(`No app answers at ${address}: ${reasonOf(cause)}`, {
      class: 'infrastructure',
      code: 'app-unreachable',
      nextAction: 'Start the app with npm start, or say where it is with --url.',
      cause,
    });
  }
}
