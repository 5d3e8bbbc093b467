import { SluiceError } from './sluice-error';

/** The circuit breaker of a connection is open and the pipeline may not wait, or has waited long enough. */
export class CircuitOpenError extends SluiceError {
  constructor(connection: string, reason: string | null) {
    super(`the circuit breaker of ${connection} is open: ${reason ?? 'another run is trying it'}`, {
      class: 'infrastructure',
      code: 'circuit-open',
      nextAction: 'Mend the connection; the breaker tries it again by itself. Then run again.',
      connection,
    });
  }
}
