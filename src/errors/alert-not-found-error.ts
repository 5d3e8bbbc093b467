import { SluiceError } from './sluice-error';

/** An id that no alert has. */
export class AlertNotFoundError extends SluiceError {
  constructor(id: string) {
    super(`There is no alert '${id}'.`, {
      class: 'persistent',
      code: 'alert-not-found',
      nextAction: 'Look the id up in GET /api/alerts.',
    });
  }
}
