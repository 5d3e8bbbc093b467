import { SluiceError } from './sluice-error';

/** App settings that cannot be used; the message names each. */
export class InvalidSettingsError extends SluiceError {
  constructor(problems: readonly string[]) {
    super(`The app settings cannot be used: ${problems.join('; ')}`, {
      class: 'persistent',
      code: 'invalid-settings',
      nextAction:
        'Correct the named settings (local.settings.json here, the app settings in Azure) and restart the app.',
    });
  }
}
