import { SluiceError } from './sluice-error';

/** Quarantined rows of a pipeline that masks cannot be loaded any more: what its mask steps hide of them has been deleted. */
export class OriginalsGoneError extends SluiceError {
  constructor(runId: string) {
    super(`What the pipeline masks of these rows was deleted with the work files of ${runId}`, {
      class: 'business',
      code: 'originals-gone',
      nextAction: 'Discard the rows, and load their files or their part of the source anew.',
    });
  }
}
