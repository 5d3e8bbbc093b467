import { SluiceError } from './sluice-error';

/** App settings are missing or cannot be understood: nothing can run with them. */
export class InvalidSettingsError extends SluiceError {
  /** One sentence for each setting at fault, without its value where it may be secret. */
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`The app settings are not right: ${faults.join('; ')}.`, {
      class: 'persistent',
      code: 'invalid-settings',
      nextAction: 'Correct the app settings (locally: local.settings.json) and restart the app.',
    });
    this.faults = faults;
  }
}
