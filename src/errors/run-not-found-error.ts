import { SluiceError } from './sluice-error';

/** There is no run of that id. */
export class RunNotFoundError extends SluiceError {
  constructor(runId: string) {
    super(`There is no run '${runId.slice(0, 120)}'.`, {
      class: 'persistent',
      code: 'run-not-found',
      nextAction: 'Look the id up in GET /api/runs.',
    });
  }
}
