import { SluiceError } from './sluice-error';

/** The lease of the pipeline ran out while the run worked and another run has it now. */
export class LeaseLostError extends SluiceError {
  constructor(pipeline: string, holder: string | null) {
    super(`${holder ?? 'another run'} took over ${pipeline} while this run was under way`, {
      class: 'infrastructure',
      code: 'lease-lost',
      nextAction:
        'Nothing was published by this run. Let the other run end; start this one again if it is still wanted.',
    });
  }
}
