import type { Failure } from '../model/failure';

/** Whether trying again may help: also what counts towards a circuit breaker. See `FailureClass`. */
export function isRetryable(failure: Pick<Failure, 'class'>): boolean {
  return failure.class === 'transient' || failure.class === 'infrastructure';
}
