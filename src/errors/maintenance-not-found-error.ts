import { SluiceError } from './sluice-error';

/** Nobody knows a maintenance of that id. */
export class MaintenanceNotFoundError extends SluiceError {
  constructor(id: string) {
    super(`There is no maintenance ${id}`, {
      class: 'business',
      code: 'maintenance-not-found',
      nextAction: 'Take the id that starting it gave; histories of old ones are purged.',
    });
  }
}
