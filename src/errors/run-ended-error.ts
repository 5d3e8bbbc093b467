import { SluiceError } from './sluice-error';

/** A run that has ended cannot be cancelled. */
export class RunEndedError extends SluiceError {
  constructor(runId: string, status: string) {
    super(`The run ${runId} has already ended as ${status}.`, {
      class: 'persistent',
      code: 'run-ended',
      nextAction: 'Nothing: what it did stands in GET /api/runs/{id}.',
    });
  }
}
