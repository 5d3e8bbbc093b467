import { SluiceError } from './sluice-error';

/** A decision about quarantined rows cannot be taken, or not any more. */
export class ReviewRefusedError extends SluiceError {
  constructor(
    reason: string,
    nextAction = 'Look at the rows as they are now in GET /api/quarantine/{batch}/rows, and decide again.',
  ) {
    super(reason, { class: 'business', code: 'review-refused', nextAction });
  }
}
