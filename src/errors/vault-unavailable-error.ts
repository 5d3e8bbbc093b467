import { SluiceError } from './sluice-error';

/** The key vault throttles, fails, or does not answer, and no value is known that may still be used. */
export class VaultUnavailableError extends SluiceError {
  constructor(name: string, where: string, status: number | null, retryAfterMs: number | undefined, cause?: unknown) {
    const answer =
      status === null ? 'it did not answer' : status === 429 ? 'it wants to be asked less' : `status ${status}`;
    super(`The secret '${name}' could not be read from ${where}: ${answer}.`, {
      class: status === 429 ? 'transient' : 'infrastructure',
      code: 'vault-unavailable',
      nextAction:
        'Nothing: it is tried again. If it lasts, look at the health, the metrics and the network rules of the vault.',
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      cause,
    });
  }
}
