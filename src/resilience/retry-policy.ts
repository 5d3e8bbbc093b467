import type { RetryConfig } from '../config/schema/pipeline';
import { durationMs } from '../model/duration';

/** How often and how long something is tried. Durations in milliseconds. */
export interface RetryPolicy {
  /** All attempts, the first included. */
  readonly maxAttempts: number;
  readonly firstDelayMs: number;
  /** Factor between one delay and the next. */
  readonly backoff: number;
  readonly maxDelayMs: number;
  /** From the first attempt to the start of the last. */
  readonly maxTotalMs: number;
}

/** The policy that a pipeline's `retry` describes. */
export function retryPolicyOf(config: RetryConfig): RetryPolicy {
  return {
    maxAttempts: config.maxAttempts,
    firstDelayMs: durationMs(config.firstDelay),
    backoff: config.backoff,
    maxDelayMs: durationMs(config.maxDelay),
    maxTotalMs: durationMs(config.maxTotal),
  };
}

/**
 * For what must come to an end whatever the pipeline's configuration says: run records, the lease, clean-up, and
 * everything after the commit. About an hour in all.
 */
export const PATIENT: RetryPolicy = {
  maxAttempts: 12,
  firstDelayMs: 2_000,
  backoff: 2,
  maxDelayMs: 600_000,
  maxTotalMs: 3_600_000,
};
