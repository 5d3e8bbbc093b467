import { SluiceError } from './sluice-error';

/** A channel did not take a message, or nobody knows whether it did. */
export class AlertNotSentError extends SluiceError {
  /** `refused`: it did not arrive; `unknown`: it may have. */
  readonly fate: 'refused' | 'unknown';

  constructor(
    channel: string,
    reason: string,
    details: {
      readonly fate: 'refused' | 'unknown';
      /** Whether trying again may help. */
      readonly passes: boolean;
      readonly retryAfterMs?: number;
      readonly cause?: unknown;
    },
  ) {
    super(`The channel ${channel} did not take the message: ${reason}`, {
      class: details.passes ? 'transient' : 'persistent',
      code: 'alert-not-sent',
      nextAction: `Try the channel with sluice alerts test ${channel}, and mend its address, secret or rights.`,
      dataState: 'unknown',
      ...(details.retryAfterMs !== undefined && { retryAfterMs: details.retryAfterMs }),
      ...(details.cause !== undefined && { cause: details.cause }),
    });
    this.fate = details.fate;
  }
}
