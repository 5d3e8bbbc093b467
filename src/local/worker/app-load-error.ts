import { SluiceError } from '../../errors/sluice-error';

/** The embedded host cannot load a function app: no package.json or `main`, code that throws, an unsupported binding. */
export class AppLoadError extends SluiceError {
  constructor(message: string, nextAction: string, cause?: unknown) {
    super(message, { class: 'persistent', code: 'function-app-load', nextAction, cause });
  }
}
