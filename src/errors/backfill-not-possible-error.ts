import { SluiceError } from './sluice-error';

/** A pipeline, or one window of it, cannot be loaded again without harm. `message` says why and what can be done instead. */
export class BackfillNotPossibleError extends SluiceError {
  constructor(message: string) {
    super(message, {
      class: 'business',
      code: 'backfill-not-possible',
      nextAction: 'See what the message proposes; nothing was loaded.',
    });
  }
}
