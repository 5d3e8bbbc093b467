import { SluiceError } from './sluice-error';

/** There is nothing to look at: a source without rows that can be parsed. */
export class SourceEmptyError extends SluiceError {
  constructor(source: string, malformed: number) {
    const why = malformed === 0 ? 'has no rows' : `has no rows that can be parsed, and ${malformed} that cannot`;
    super(`${source} ${why}`, {
      class: 'business',
      code: 'source-empty',
      nextAction:
        'Name a source with rows; the ending of a file says how it is read: csv, tsv, ndjson, json or parquet.',
    });
  }
}
