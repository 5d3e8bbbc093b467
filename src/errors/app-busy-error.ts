import { SluiceError } from './sluice-error';

/** Partitions have waited too long for slots of the app's pool. */
export class AppBusyError extends SluiceError {
  constructor(slots: number) {
    super(`All ${slots} slots of the app were in use by other partitions for too long`, {
      class: 'infrastructure',
      code: 'app-busy',
      nextAction: 'Look at GET /api/slots for who has them, raise SLUICE_POOL_SLOTS, or spread the schedules.',
    });
  }
}
