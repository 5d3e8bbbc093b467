import { SluiceError } from './sluice-error';

/** Values are not of the declared type, and the source's schema says `types: freeze`. */
export class SourceTypesChangedError extends SluiceError {
  constructor(reason: string, rows: number) {
    super(`${rows} rows fail ${reason}, and source.schema says types: freeze`, {
      class: 'business',
      code: 'source-types-changed',
      nextAction: 'Correct source.columns or the source, or say types: quarantineRow, then run again.',
    });
  }
}
