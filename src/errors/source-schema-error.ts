import { SluiceError } from './sluice-error';

/** The columns of a file are not those that the pipeline declares, or files of one slice contradict each other. */
export class SourceSchemaError extends SluiceError {
  constructor(message: string, connection: string) {
    super(message, {
      class: 'persistent',
      code: 'source-schema-mismatch',
      nextAction: 'Correct the named file, or source.columns and source.schema in the pipeline; then run again.',
      connection,
    });
  }
}
