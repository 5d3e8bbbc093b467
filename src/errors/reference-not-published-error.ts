import { SluiceError } from './sluice-error';

/** A lookup or relationships check reads a pipeline whose table is not there yet. */
export class ReferenceNotPublishedError extends SluiceError {
  constructor(pipeline: string, reference: string) {
    super(`The pipeline ${pipeline} reads ${reference}, which has never been published.`, {
      class: 'persistent',
      code: 'reference-not-published',
      nextAction: `Run ${reference} first, or run the master over both: it loads ${reference} before ${pipeline}.`,
    });
  }
}
