import { SluiceError } from './sluice-error';

/** A window waited half a day for its turn on a connection. */
export class ConnectionBusyError extends SluiceError {
  constructor(connection: string, limit: number) {
    super(`The connection ${connection} has had its ${limit} partitions at once for half a day, and no turn was left`, {
      class: 'transient',
      code: 'connection-busy',
      nextAction:
        'See which runs use the connection; raise its maxPartitions, or start the run again when they have ended.',
      connection,
    });
  }
}
