import { SluiceError } from './sluice-error';

/** What stands in the target, inside the transaction, is not what should have arrived. */
export class VerificationFailedError extends SluiceError {
  constructor(message: string, connection: string, cause?: unknown) {
    super(message, {
      class: 'business',
      code: 'verification-failed',
      nextAction:
        'Nothing was published. See which verification failed and with what figures; mend the data or the rule, then run again.',
      dataState: 'staged-not-published',
      connection,
      cause,
    });
  }
}
