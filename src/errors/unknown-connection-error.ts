import { SluiceError } from './sluice-error';

/** A pipeline names a connection that does not exist or is of a kind that cannot do what is asked. */
export class UnknownConnectionError extends SluiceError {
  constructor(name: string, use: string) {
    super(`There is no connection ${name} that can be ${use}`, {
      class: 'persistent',
      code: 'unknown-connection',
      nextAction: 'Name a connection of pipelines/connections.yaml that has the right kind.',
    });
  }
}
