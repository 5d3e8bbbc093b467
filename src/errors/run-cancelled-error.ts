import { SluiceError } from './sluice-error';

/** Somebody asked for the run to end: the step stopped before its effect. */
export class RunCancelledError extends SluiceError {
  constructor() {
    super('the run was cancelled', {
      class: 'persistent',
      code: 'run-cancelled',
      nextAction: 'Nothing. Start the run again when it is wanted.',
    });
  }
}
