import { SluiceError } from './sluice-error';

/** The pipelines folder has errors: nothing is started before they are mended. */
export class ProjectInvalidError extends SluiceError {
  /** The problems as `sluice validate` prints them. */
  readonly problems: readonly { readonly file: string; readonly line: number; readonly message: string }[];

  constructor(problems: ProjectInvalidError['problems']) {
    const first = problems[0];
    const shown = first === undefined ? '' : ` First: ${first.file}:${first.line}: ${first.message}.`;
    super(`The pipelines folder has ${problems.length} ${problems.length === 1 ? 'error' : 'errors'}.${shown}`, {
      class: 'persistent',
      code: 'project-invalid',
      nextAction: 'Run npx sluice validate, mend what it prints, and deploy again.',
    });
    this.problems = problems;
  }
}
