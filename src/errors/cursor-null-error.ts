import { SluiceError } from './sluice-error';

/** Rows of a source have no value in the column by which new rows are found. */
export class CursorNullError extends SluiceError {
  constructor(column: string, rows: string, connection: string) {
    super(`${rows} rows have no value in the cursor column ${column} (connection ${connection})`, {
      class: 'business',
      code: 'cursor-null',
      nextAction:
        'Mend the rows, or say in source.incremental.nulls whether to include or exclude them; then run again.',
      connection,
    });
  }
}
