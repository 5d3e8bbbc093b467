import { SluiceError } from './sluice-error';

/** Rows to merge have no key, or share one, so that nobody could say what the table should hold. */
export class MergeKeyError extends SluiceError {
  constructor(message: string, connection: string) {
    super(message, {
      class: 'business',
      code: 'merge-key-invalid',
      nextAction:
        'Nothing was published. Add a notNull or unique check on the key, a deduplicate step, or onDuplicateKey: deduplicate with an orderBy; or mend the data. Then run again.',
      dataState: 'staged-not-published',
      connection,
    });
  }
}
