import { SluiceError } from './sluice-error';

/** A reference file cannot be read as the lookup or relationships check says. `fault` says why, without values of rows. */
export class ReferenceFileInvalidError extends SluiceError {
  constructor(file: string, fault: string, cause?: unknown) {
    super(`The reference file ${file} cannot be used: ${fault}`, {
      class: 'persistent',
      code: 'reference-file-invalid',
      nextAction: `Correct ${file} in the pipelines folder, or how the pipeline reads it, and start a new run.`,
      cause,
    });
  }
}
