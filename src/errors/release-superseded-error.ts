import { SluiceError } from './sluice-error';

/** The load that released rows were kept out of is not what the table holds. */
export class ReleaseSupersededError extends SluiceError {
  constructor(message: string) {
    super(message, {
      class: 'business',
      code: 'release-superseded',
      nextAction:
        'Discard the rows of that run; the newest run of the pipeline has its own quarantine: release from there.',
    });
  }
}
