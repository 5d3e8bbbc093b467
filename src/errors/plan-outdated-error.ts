import { SluiceError } from './sluice-error';

/** A reviewed plan was applied, and what would run is not what was reviewed. Nothing was loaded. */
export class PlanOutdatedError extends SluiceError {
  constructor(message: string) {
    super(message, {
      class: 'business',
      code: 'plan-outdated',
      nextAction: 'Make the plan again with sluice plan --out, look at it, and apply that.',
    });
  }
}
