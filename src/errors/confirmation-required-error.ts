import { SluiceError } from './sluice-error';

/** The environment wants the name of what something is done to once more, so that nobody does it in the wrong place. Nothing was done. */
export class ConfirmationRequiredError extends SluiceError {
  /** What `confirm` must say. */
  readonly confirm: readonly string[];

  constructor(what: string, environment: string, confirm: readonly string[]) {
    super(`In ${environment}, ${what} has to be confirmed by name.`, {
      class: 'business',
      code: 'confirmation-required',
      nextAction: `Send "confirm": ${JSON.stringify(confirm.length === 1 ? confirm[0] : confirm)} in the body, or ${confirm
        .map((name) => `--confirm ${name}`)
        .join(' ')} on the command line.`,
    });
    this.confirm = confirm;
  }
}
