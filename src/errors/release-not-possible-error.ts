import { SluiceError } from './sluice-error';

/** The pipeline has changed so that released rows can no longer go through its steps. */
export class ReleaseNotPossibleError extends SluiceError {
  constructor(message: string) {
    super(message, {
      class: 'business',
      code: 'release-not-possible',
      nextAction:
        'Correct the named steps or the rows, and release again; or discard the rows and load their files anew.',
    });
  }
}
