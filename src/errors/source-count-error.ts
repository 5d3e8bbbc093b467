import { SluiceError } from './sluice-error';

/** The rows that were written are not as many as the source said there were. */
export class SourceCountError extends SluiceError {
  constructor(message: string, connection?: string) {
    super(message, {
      class: 'infrastructure',
      code: 'source-count-mismatch',
      nextAction: 'It is tried again by itself; if it stays, report it as a bug with the run id.',
      ...(connection !== undefined && { connection }),
    });
  }
}
