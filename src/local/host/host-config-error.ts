import { SluiceError } from '../../errors/sluice-error';

/** host.json, local.settings.json or an option of the embedded host is missing or wrong. */
export class HostConfigError extends SluiceError {
  constructor(message: string, nextAction: string, cause?: unknown) {
    super(message, { class: 'persistent', code: 'host-config', nextAction, cause });
  }
}
