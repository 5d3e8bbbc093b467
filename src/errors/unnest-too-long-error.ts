import { SluiceError } from './sluice-error';

/** A list has more elements than an `unnest` step numbers. */
export class UnnestTooLongError extends SluiceError {
  constructor(reason: string, rows: number) {
    super(`${rows} rows have lists with more elements than one row may have: ${reason}`, {
      class: 'business',
      code: 'unnest-too-long',
      nextAction: 'Filter such rows out before the unnest step, or split the list where the file is made.',
    });
  }
}
