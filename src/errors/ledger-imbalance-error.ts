import { SluiceError } from './sluice-error';

/** Rows are missing or too many: the conservation ledger of the pipeline does not balance. */
export class LedgerImbalanceError extends SluiceError {
  constructor(message: string) {
    super(message, {
      class: 'business',
      code: 'ledger-imbalance',
      nextAction: 'Do not trust this load; report it as a bug with the run id.',
    });
  }
}
