import type { OrchestrationContext } from 'durable-functions';
import type { Failure } from '../../model/failure';
import { backoffDelayMs } from '../../resilience/backoff-delay';
import type { RetryPolicy } from '../../resilience/retry-policy';
import { shouldRetry } from '../../resilience/should-retry';
import type { ActivityTable } from '../contracts/activities';
import type { BreakerPolicy } from '../contracts/entities';
import type { ActivityName } from '../contracts/names';
import type { Outcome } from '../contracts/outcome';
import type { PipelineScope } from '../contracts/scope';
import { askBreakers, tellBreakers } from './breakers';
import { callActivity } from './call-activity';
import type { Durable } from './durable';
import { logOnce } from './replay-safe-log';
import { clockOf, waitFor } from './wait-for';

/** How one activity is tried. */
export interface Tries {
  readonly policy: RetryPolicy;
  /** The pipeline whose connections the activity touches, and their breakers: asked before and told after each attempt. */
  readonly guard?: { readonly input: PipelineScope; readonly breakers: readonly BreakerPolicy[] };
  /** Failures that the caller deals with itself. */
  readonly except?: (failure: Failure) => boolean;
}

/** Calls an activity until it succeeds or its failure is final. `retries` are attempts beyond the first. */
export function* callWithRetries<Name extends ActivityName>(
  context: OrchestrationContext,
  name: Name,
  input: ActivityTable[Name]['input'],
  { policy, guard, except }: Tries,
): Durable<{ readonly outcome: Outcome<ActivityTable[Name]['result']>; readonly retries: number }> {
  const startedAt = clockOf(context);
  for (let attempt = 1; ; attempt++) {
    if (guard) {
      const gate = yield* askBreakers(context, guard.input, guard.breakers);
      if (!gate.ok) return { outcome: gate, retries: attempt - 1 };
    }
    const outcome = yield* callActivity(context, name, input);
    if (guard) tellBreakers(context, guard.breakers, [outcome]);
    if (outcome.ok || except?.(outcome.failure) === true) return { outcome, retries: attempt - 1 };
    const { failure } = outcome;
    const delay = backoffDelayMs(policy, attempt, `${context.df.instanceId}/${name}`, failure.retryAfterMs);
    if (!shouldRetry(failure, attempt, clockOf(context) - startedAt + delay, policy)) {
      return { outcome: { ok: false, failure: afterAttempts(failure, attempt) }, retries: attempt - 1 };
    }
    logOnce(context, 'warn', 'activity-retried', { activity: name, attempt, delay, code: failure.code });
    yield* waitFor(context, delay);
  }
}

/** A failure that was tried again says how often. */
export function afterAttempts(failure: Failure, attempts: number): Failure {
  return attempts === 1 ? failure : { ...failure, message: `${failure.message} (after ${attempts} attempts)` };
}
