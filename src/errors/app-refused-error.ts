import { SluiceError } from './sluice-error';

/** What a problem document of the API says. */
export interface AppProblem {
  readonly code: string | undefined;
  readonly detail: string | undefined;
  readonly fix: string | undefined;
}

/** A running app refused what the command line asked: code and fix are those of its problem document, where it gave one. */
export class AppRefusedError extends SluiceError {
  readonly status: number;

  constructor(address: string, status: number, { code, detail, fix }: AppProblem) {
    super(detail ?? `The app at ${address} refuses the request: HTTP ${status}.`, {
      class: 'persistent',
      code: code ?? 'app-refused',
      nextAction:
        fix ??
        'Put a function key of the app into SLUICE_FUNCTION_KEY, or a token into SLUICE_ACCESS_TOKEN, and check the address.',
    });
    this.status = status;
  }
}
