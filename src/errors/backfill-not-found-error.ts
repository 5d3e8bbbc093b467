import { SluiceError } from './sluice-error';

/** No backfill has this id. */
export class BackfillNotFoundError extends SluiceError {
  constructor(id: string) {
    super(`There is no backfill '${id.slice(0, 100)}'`, {
      class: 'business',
      code: 'backfill-not-found',
      nextAction: 'Look the id up in GET /api/backfills.',
    });
  }
}
