import { SluiceError } from './sluice-error';

/** An address names a batch of quarantined rows, or a row of one, that does not exist. */
export class QuarantineBatchNotFoundError extends SluiceError {
  constructor(id: string) {
    super(`There is no quarantined batch or row ${id.slice(0, 200)}`, {
      class: 'persistent',
      code: 'quarantine-not-found',
      nextAction: 'Look the batch up in GET /api/quarantine, and its rows in GET /api/quarantine/{batch}/rows.',
    });
  }
}
