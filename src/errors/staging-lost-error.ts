import { SluiceError } from './sluice-error';

/** Staged rows are gone: the database server crashed (unlogged tables are emptied) or somebody removed the table. */
export class StagingLostError extends SluiceError {
  constructor(message: string, connection: string) {
    super(message, {
      class: 'infrastructure',
      code: 'staging-lost',
      nextAction: 'It is staged again from the artifacts by itself.',
      dataState: 'staged-not-published',
      connection,
    });
  }
}
