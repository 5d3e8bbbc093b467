import { SluiceError } from './sluice-error';

/** What failed of a run cannot be started again as it was. Nothing was started. */
export class RerunNotPossibleError extends SluiceError {
  constructor(message: string, nextAction: string) {
    super(message, { class: 'business', code: 'rerun-not-possible', nextAction });
  }
}
