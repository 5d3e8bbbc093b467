import { SluiceError } from './sluice-error';

/** A kept version of a pipeline's definition does not work with the connections, pipelines and program of today. Nothing was changed. */
export class DefinitionNotUsableError extends SluiceError {
  /** The problems as `sluice validate` prints them. */
  readonly problems: readonly { readonly path: string; readonly message: string; readonly fix?: string }[];

  constructor(pipeline: string, hash: string, problems: DefinitionNotUsableError['problems']) {
    const [first] = problems;
    const shown = first === undefined ? '' : `: ${first.path === '' ? '' : `${first.path}: `}${first.message}`;
    super(`The version ${hash.slice(0, 12)} of ${pipeline} cannot be used as things are now${shown}.`, {
      class: 'business',
      code: 'definition-not-usable',
      nextAction:
        'Activate another version, or deployed for the one of the folder; or deploy what this one needs, such as a connection that was taken away.',
    });
    this.problems = problems;
  }
}
