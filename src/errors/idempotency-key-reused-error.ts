import { SluiceError } from './sluice-error';

/** An idempotency key came before with another request. */
export class IdempotencyKeyReusedError extends SluiceError {
  constructor(runId: string) {
    super(`The idempotency key belongs to the run ${runId}, which was asked for with other pipelines or parameters.`, {
      class: 'persistent',
      code: 'idempotency-key-reused',
      nextAction: 'Use a new key for a new request, or the same request for the same key.',
    });
  }
}
