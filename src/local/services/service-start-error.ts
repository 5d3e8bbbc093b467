import { SluiceError } from '../../errors/sluice-error';

/** An embedded service (PostgreSQL, Azurite) could not be started or did not become ready. */
export class ServiceStartError extends SluiceError {
  constructor(message: string, nextAction: string, cause?: unknown) {
    super(message, { class: 'infrastructure', code: 'local-service-start', nextAction, cause });
  }
}
