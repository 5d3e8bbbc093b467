import { SluiceError } from './sluice-error';

/** An artifact whose content is not what its reference says. */
export class ArtifactCorruptError extends SluiceError {
  constructor(path: string, expected: string, actual: string) {
    super(`The artifact ${path} is not what was written: expected ${expected}, found ${actual}.`, {
      class: 'infrastructure',
      code: 'artifact-corrupt',
      nextAction: 'It is read again. If it lasts, the work container was changed from outside: start the run again.',
      dataState: 'unknown',
    });
  }
}
