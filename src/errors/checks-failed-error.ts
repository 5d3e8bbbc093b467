import { SluiceError } from './sluice-error';

/** The data broke a check that may end the run, or more rows were quarantined than the pipeline allows. */
export class ChecksFailedError extends SluiceError {
  constructor(message: string) {
    super(message, {
      class: 'business',
      code: 'checks-failed',
      nextAction: 'Look at the checks and quarantined rows of the run; mend the data or the rule, then run again.',
    });
  }
}
