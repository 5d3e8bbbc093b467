import { SluiceError } from './sluice-error';

/** A connection to another machine would send passwords and rows unencrypted. */
export class TlsRequiredError extends SluiceError {
  constructor(host: string, connection: string) {
    super(`tls: off is for servers on this machine, not for ${host} (connection ${connection})`, {
      class: 'persistent',
      code: 'tls-required',
      nextAction: 'Set tls: verify-full (or require) on the connection, then run again.',
      connection,
    });
  }
}
