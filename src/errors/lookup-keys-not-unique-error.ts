import { SluiceError } from './sluice-error';

/** The data that a lookup reads holds a key twice: joining would multiply rows. */
export class LookupKeysNotUniqueError extends SluiceError {
  constructor(from: string, columns: readonly string[], keys: number) {
    super(`The lookup into ${from} matches by ${columns.join(', ')}, and ${keys} keys occur there more than once`, {
      class: 'business',
      code: 'lookup-keys-not-unique',
      nextAction: from.startsWith('file:')
        ? 'Keep one row for each key in the file, then run this pipeline again.'
        : `Add a unique check or a deduplicate step to ${from}, run it, then run this pipeline again.`,
    });
  }
}
