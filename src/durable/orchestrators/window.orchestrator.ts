import type { OrchestrationContext } from 'durable-functions';
import type { Failure } from '../../model/failure';
import { backoffDelayMs } from '../../resilience/backoff-delay';
import { PATIENT, retryPolicyOf } from '../../resilience/retry-policy';
import { shouldRetry } from '../../resilience/should-retry';
import type { PartitionResult } from '../contracts/activities';
import type { BreakerPolicy } from '../contracts/entities';
import { ACTIVITIES } from '../contracts/names';
import type { WindowInput, WindowResult } from '../contracts/orchestrations';
import type { Outcome } from '../contracts/outcome';
import { askBreakers, tellBreakers } from './breakers';
import { afterAttempts, callWithRetries } from './call-with-retries';
import type { Durable } from './durable';
import { renewLease } from './lease';
import { pipelineScope } from './pipeline-scope';
import { logOnce } from './replay-safe-log';
import { runWave } from './run-wave';
import { giveTurn, takeTurn } from './turn';
import { clockOf, waitFor } from './wait-for';

/**
 * The partitions of one window, in waves: all at once, then the retryable failures again after one wait, until every
 * partition is done or one has failed for good. Ends by sealing the results. Input: `WindowInput`.
 */
export function* windowOrchestrator(context: OrchestrationContext): Durable<Outcome<WindowResult>> {
  const input = context.df.getInput<WindowInput>();
  const breakers = breakersOf(input);
  const startedAt = clockOf(context);
  const results = new Map<number, PartitionResult>();
  const attempts = new Map<number, number>();
  let retries = 0;
  let pending = Array.from({ length: input.partitionCount }, (_, offset) => input.firstPartition + offset);
  while (pending.length > 0) {
    const gate = yield* askBreakers(context, input, breakers);
    if (!gate.ok) return gate;
    renewLease(context, input);
    const taken = yield* takeTurn(context, input, breakers[0], gate.value.probe ? 1 : pending.length);
    if (!taken.ok) return taken;
    const wave = pending.slice(0, taken.value);
    const outcomes = yield* runWave(context, input, wave);
    giveTurn(context, input, breakers[0]);
    tellBreakers(context, breakers, outcomes);

    const again = new Map<number, Failure>();
    for (const [position, partition] of wave.entries()) {
      const outcome = outcomes[position];
      attempts.set(partition, (attempts.get(partition) ?? 0) + 1);
      if (outcome?.ok) results.set(partition, outcome.value);
      else if (outcome) again.set(partition, outcome.failure);
    }
    const decision = decide(context, input, again, attempts, startedAt);
    if (decision.failure) return { ok: false, failure: decision.failure };
    pending = pending.filter((partition) => !results.has(partition));
    if (again.size > 0) {
      retries += again.size;
      logOnce(context, 'warn', 'wave-retried', { step: input.step, failed: again.size, delay: decision.delayMs });
      yield* waitFor(context, decision.delayMs);
    }
  }
  const sealed = yield* callWithRetries(
    context,
    ACTIVITIES.sealStep,
    {
      ...pipelineScope(input),
      step: input.step,
      window: input.window,
      results: [...results.values()].sort((one, other) => one.partition - other.partition),
    },
    { policy: PATIENT },
  );
  return sealed.outcome.ok ? { ok: true, value: { sealed: sealed.outcome.value, retries } } : sealed.outcome;
}

/** The first failure that is final, or how long to wait before the next wave. */
function decide(
  context: OrchestrationContext,
  input: WindowInput,
  failures: ReadonlyMap<number, Failure>,
  attempts: ReadonlyMap<number, number>,
  startedAt: number,
): { readonly failure: Failure | null; readonly delayMs: number } {
  const policy = retryPolicyOf(input.steering.retry);
  let delayMs = 0;
  for (const [partition, failure] of failures) {
    const made = attempts.get(partition) ?? 1;
    delayMs = Math.max(delayMs, backoffDelayMs(policy, made, context.df.instanceId, failure.retryAfterMs));
  }
  const elapsedMs = clockOf(context) - startedAt + delayMs;
  for (const [partition, failure] of failures) {
    const made = attempts.get(partition) ?? 1;
    if (!shouldRetry(failure, made, elapsedMs, policy)) return { failure: afterAttempts(failure, made), delayMs };
  }
  return { failure: null, delayMs };
}

/** Transforming touches no connection: it works on artifacts. */
function breakersOf({ step, steering }: WindowInput): readonly BreakerPolicy[] {
  if (step === 'transform') return [];
  return [step === 'extract' ? steering.sourceConnection : steering.targetConnection];
}
