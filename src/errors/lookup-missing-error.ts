import { SluiceError } from './sluice-error';

/** Rows found nothing in a lookup that says `missing: fail`. */
export class LookupMissingError extends SluiceError {
  constructor(reason: string, rows: number) {
    super(`${rows} rows found nothing in ${reason}, which says missing: fail`, {
      class: 'business',
      code: 'lookup-missing',
      nextAction: 'Load the missing reference rows, or say missing: quarantine or keepNull, then run again.',
    });
  }
}
