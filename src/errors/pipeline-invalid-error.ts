import { SluiceError } from './sluice-error';

/** A pipeline's definition does not fit the rows it met: what `sluice validate` would have said, with the columns known. */
export class PipelineInvalidError extends SluiceError {
  constructor(
    pipeline: string,
    problems: readonly { readonly path: string; readonly message: string; readonly fix: string }[],
  ) {
    const shown = problems.slice(0, 5).map((problem) => `${problem.path}: ${problem.message}. ${problem.fix}`);
    const more = problems.length > 5 ? ` And ${problems.length - 5} more.` : '';
    super(`The pipeline ${pipeline} does not fit its source. ${shown.join(' ')}${more}`, {
      class: 'persistent',
      code: 'pipeline-invalid',
      nextAction: 'Correct the steps that the message names, check with sluice validate, and run again.',
    });
  }
}
