import { SluiceError } from '../../errors/sluice-error';

/** Another program listens on a port that an embedded service or the host needs. */
export class PortInUseError extends SluiceError {
  readonly port: number;

  /** `who` is the service that wanted the port, `choose` says how to give it another, e.g. `--postgres-port 15433`. */
  constructor(who: string, port: number, choose: string) {
    super(`Port ${port} on 127.0.0.1, needed by ${who}, is in use by another program.`, {
      class: 'infrastructure',
      code: 'port-in-use',
      nextAction: `End that program, or choose another port: ${choose}.`,
    });
    this.port = port;
  }
}
