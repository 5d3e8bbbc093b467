import { SluiceError } from './sluice-error';

/** A file that was loaded has changed, and the rows of its old version cannot be told from others in the target. */
export class ChangedFileError extends SluiceError {
  constructor(message: string, connection: string) {
    super(message, {
      class: 'persistent',
      code: 'changed-file',
      nextAction:
        'Load with writeDisposition: replace or merge; or undo the run that loaded the file, or land the new version under a new name when all of its rows are new.',
      connection,
    });
  }
}
