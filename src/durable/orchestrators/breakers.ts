import { EntityId, type OrchestrationContext } from 'durable-functions';
import { CircuitOpenError } from '../../errors/circuit-open-error';
import { toFailure } from '../../errors/to-failure';
import { isRetryable } from '../../resilience/is-retryable';
import type { BreakerAnswer, BreakerAsk, BreakerPolicy, BreakerTell } from '../contracts/entities';
import { ENTITIES } from '../contracts/names';
import type { Outcome } from '../contracts/outcome';
import type { PipelineScope } from '../contracts/scope';
import { checkCancel } from './check-cancel';
import type { Durable } from './durable';
import { logOnce } from './replay-safe-log';
import { clockOf, waitFor } from './wait-for';

/** Asked again no sooner than this: the time that `retryAtMs` names may be the same instant. */
const SHORTEST_WAIT_MS = 1_000;

/**
 * Asks the breakers of the connections that a step is about to touch; a breaker that is open makes it wait or fails it,
 * as its connection says. `probe`: the caller is the one that may try a connection again, and should try it gently.
 */
export function* askBreakers(
  context: OrchestrationContext,
  input: PipelineScope,
  policies: readonly BreakerPolicy[],
): Durable<Outcome<{ readonly probe: boolean }>> {
  let probe = false;
  for (const policy of policies) {
    const answer = yield* askBreaker(context, input, policy);
    if (!answer.ok) return answer;
    probe ||= answer.value.probe;
  }
  return { ok: true, value: { probe } };
}

function* askBreaker(
  context: OrchestrationContext,
  input: PipelineScope,
  policy: BreakerPolicy,
): Durable<Outcome<{ readonly probe: boolean }>> {
  const deadline = clockOf(context) + policy.maxWaitMs;
  for (;;) {
    const answer = yield* ask(context, policy);
    if (answer.allowed) return { ok: true, value: { probe: answer.probe } };
    const now = clockOf(context);
    if (policy.whenOpen === 'fail' || now >= deadline) {
      const error = new CircuitOpenError(policy.connection, answer.reason);
      return { ok: false, failure: toFailure(error, { runId: input.runId, pipeline: input.pipeline }) };
    }
    logOnce(context, 'warn', 'breaker-waits', { connection: policy.connection, reason: answer.reason });
    const retryAt = Math.min(deadline, answer.retryAtMs ?? now + policy.openForMs);
    yield* waitFor(context, Math.max(SHORTEST_WAIT_MS, retryAt - now));
    const cancelled = yield* checkCancel(context, input);
    if (cancelled) return { ok: false, failure: cancelled };
  }
}

/** A breaker that cannot be asked does not stop anybody: it protects the other side, not the data. */
function* ask(context: OrchestrationContext, policy: BreakerPolicy): Durable<BreakerAnswer> {
  const request: BreakerAsk = { holder: context.df.instanceId, now: clockOf(context), policy };
  try {
    return (yield context.df.callEntity(entityOf(policy), 'ask', request)) as BreakerAnswer;
  } catch {
    return { allowed: true, probe: false, state: 'closed', retryAtMs: null, reason: null };
  }
}

/** Tells the breakers the totals of a wave. Failures of another connection, or of none, count neither way. */
export function tellBreakers(
  context: OrchestrationContext,
  policies: readonly BreakerPolicy[],
  outcomes: readonly Outcome<unknown>[],
): void {
  for (const policy of policies) {
    const failures = outcomes.flatMap((outcome) =>
      !outcome.ok && outcome.failure.connection === policy.connection && isRetryable(outcome.failure)
        ? [outcome.failure]
        : [],
    );
    const last = failures.at(-1);
    const told: BreakerTell = {
      holder: context.df.instanceId,
      now: clockOf(context),
      policy,
      successes: outcomes.filter((outcome) => outcome.ok).length,
      failures: failures.length,
      lastFailure: last === undefined ? null : { class: last.class, code: last.code },
    };
    context.df.signalEntity(entityOf(policy), 'tell', told);
  }
}

function entityOf(policy: BreakerPolicy): EntityId {
  return new EntityId(ENTITIES.circuitBreaker, policy.connection);
}
