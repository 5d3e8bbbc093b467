import { SluiceError } from './sluice-error';

/** A backfill that has ended cannot be cancelled. */
export class BackfillEndedError extends SluiceError {
  constructor(id: string, status: string) {
    super(`The backfill ${id} has already ended as ${status}.`, {
      class: 'persistent',
      code: 'backfill-ended',
      nextAction: 'Nothing: what its windows did stands in GET /api/backfills/{id}.',
    });
  }
}
