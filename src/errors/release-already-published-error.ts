import { SluiceError } from './sluice-error';

/** The rows of a release are in the target already, loaded by another run. */
export class ReleaseAlreadyPublishedError extends SluiceError {
  constructor(release: string, runId: string, load: number) {
    super(`${release} was loaded by ${runId} as load ${load}`, {
      class: 'business',
      code: 'release-already-published',
      nextAction: 'Nothing is to be done: the rows are in the target once. See the named run.',
    });
  }
}
