import { SluiceError } from './sluice-error';

/** What was approved is not what there is now, so it was not done. */
export class ApprovalOutdatedError extends SluiceError {
  constructor(message: string) {
    super(message, {
      class: 'business',
      code: 'approval-outdated',
      nextAction: 'Look at how things are now, and ask for it again.',
    });
  }
}
