import { EntityId, type OrchestrationContext } from 'durable-functions';
import { LeaseLostError } from '../../errors/lease-lost-error';
import { PipelineBusyError } from '../../errors/pipeline-busy-error';
import { PipelineQueueTimeoutError } from '../../errors/pipeline-queue-timeout-error';
import { toFailure } from '../../errors/to-failure';
import type { LeaseAcquire, LeaseAnswer, LeaseRelease, LeaseRenew } from '../contracts/entities';
import { ENTITIES } from '../contracts/names';
import type { PipelineInput } from '../contracts/orchestrations';
import type { Outcome } from '../contracts/outcome';
import type { PipelineScope } from '../contracts/scope';
import { checkCancel } from './check-cancel';
import type { Durable } from './durable';
import { logOnce } from './replay-safe-log';
import { clockOf, waitFor } from './wait-for';

/** Longer than any one wave of activities may take; the lease of a run that died is let go by maintenance. */
const LEASE_TTL_MS = 2 * 3_600_000;
const FIRST_POLL_MS = 1_000;
const LONGEST_POLL_MS = 60_000;
const QUEUE_TTL_MS = 5 * 60_000;
/** Bounds the history of a run that waits. */
const LONGEST_QUEUE_MS = 12 * 3_600_000;

/** Whether the run has the pipeline now, or is to leave it to the run that has it. */
export type LeaseTaken = { readonly held: true } | { readonly held: false; readonly holder: string };

/** Takes the pipeline's lease; when another run has it, does what `onOverlap` says. */
export function* takeLease(context: OrchestrationContext, input: PipelineInput): Durable<Outcome<LeaseTaken>> {
  const { onOverlap } = input.steering;
  const startedAt = clockOf(context);
  for (let polls = 0; ; polls++) {
    const answer = yield* acquire(context, input, onOverlap === 'queue');
    if (answer.granted) return { ok: true, value: { held: true } };
    const holder = answer.holder ?? 'another run';
    if (onOverlap === 'skip') return { ok: true, value: { held: false, holder } };
    if (onOverlap === 'fail') return failed(input, new PipelineBusyError(input.pipeline, holder));
    if (clockOf(context) - startedAt > LONGEST_QUEUE_MS) {
      return failed(input, new PipelineQueueTimeoutError(input.pipeline, answer.holder));
    }
    if (polls === 0) logOnce(context, 'info', 'pipeline-queued', { pipeline: input.pipeline, holder });
    yield* waitFor(context, Math.min(LONGEST_POLL_MS, FIRST_POLL_MS * 2 ** Math.min(polls, 10)));
    const cancelled = yield* checkCancel(context, input);
    if (cancelled) return { ok: false, failure: cancelled };
  }
}

/** Makes sure before the target is touched that the lease is still this run's. */
export function* confirmLease(context: OrchestrationContext, input: PipelineInput): Durable<Outcome<null>> {
  const answer = yield* acquire(context, input, false);
  return answer.granted ? { ok: true, value: null } : failed(input, new LeaseLostError(input.pipeline, answer.holder));
}

/** Extends the lease while a long step is under way. */
export function renewLease(context: OrchestrationContext, scope: PipelineScope): void {
  const renewal: LeaseRenew = { holder: scope.runId, now: clockOf(context), ttlMs: LEASE_TTL_MS };
  context.df.signalEntity(entityOf(scope.pipeline), 'renew', renewal);
}

/** Gives back the lease or the place in the queue. */
export function releaseLease(context: OrchestrationContext, scope: PipelineScope): void {
  const release: LeaseRelease = { holder: scope.runId };
  context.df.signalEntity(entityOf(scope.pipeline), 'release', release);
}

function* acquire(context: OrchestrationContext, input: PipelineInput, enqueue: boolean): Durable<LeaseAnswer> {
  const ask: LeaseAcquire = {
    holder: input.runId,
    now: clockOf(context),
    ttlMs: LEASE_TTL_MS,
    enqueue,
    queueTtlMs: QUEUE_TTL_MS,
  };
  return (yield context.df.callEntity(entityOf(input.pipeline), 'acquire', ask)) as LeaseAnswer;
}

function failed(input: PipelineInput, error: Error): Outcome<never> {
  return { ok: false, failure: toFailure(error, { runId: input.runId, pipeline: input.pipeline }) };
}

function entityOf(pipeline: string): EntityId {
  return new EntityId(ENTITIES.pipelineLease, pipeline);
}
