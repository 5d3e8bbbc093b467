import type { RetryPolicy } from './retry-policy';
import { stableFraction } from './stable-fraction';

/**
 * Milliseconds to wait after failed attempt number `attempt` (from 1): exponential, capped, and spread over the upper
 * half by jitter that depends on `seed` and attempt only. The other side's own wish is kept when it is longer.
 */
export function backoffDelayMs(policy: RetryPolicy, attempt: number, seed: string, retryAfterMs = 0): number {
  const full = Math.min(policy.maxDelayMs, policy.firstDelayMs * policy.backoff ** (attempt - 1));
  const jittered = full / 2 + (full / 2) * stableFraction(`${seed}#${attempt}`);
  return Math.ceil(Math.max(jittered, retryAfterMs));
}
