import type { Failure } from '../model/failure';
import { isRetryable } from './is-retryable';
import type { RetryPolicy } from './retry-policy';

/**
 * Whether to try again. `attempts` were made, all failed; `elapsedMs` runs from the start of the first to the moment at
 * which the next would start, so that a wait that leads past the limit is not begun.
 */
export function shouldRetry(
  failure: Pick<Failure, 'class'>,
  attempts: number,
  elapsedMs: number,
  policy: RetryPolicy,
): boolean {
  return isRetryable(failure) && attempts < policy.maxAttempts && elapsedMs <= policy.maxTotalMs;
}
