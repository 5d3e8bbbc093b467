import { SluiceError } from './sluice-error';

/** Others kept changing the same record while it was written. */
export class StorageConflictError extends SluiceError {
  constructor(what: string, cause?: unknown) {
    super(`${what}: others changed the same record again and again.`, {
      class: 'transient',
      code: 'storage-conflict',
      nextAction: 'It is tried again by itself.',
      cause,
    });
  }
}
