import { EntityId, type OrchestrationContext } from 'durable-functions';
import { ConnectionBusyError } from '../../errors/connection-busy-error';
import { toFailure } from '../../errors/to-failure';
import type { BreakerPolicy, SlotsAnswer, SlotsAsk, SlotsRelease } from '../contracts/entities';
import { ENTITIES } from '../contracts/names';
import type { Outcome } from '../contracts/outcome';
import type { PipelineScope } from '../contracts/scope';
import { checkCancel } from './check-cancel';
import type { Durable } from './durable';
import { logOnce } from './replay-safe-log';
import { clockOf, waitFor } from './wait-for';

/** Longer than any one wave may take; slots of a run that died are let go by maintenance. */
const TTL_MS = 2 * 3_600_000;
const FIRST_POLL_MS = 1_000;
const LONGEST_POLL_MS = 15_000;
/** A place in the queue outlives several polls. */
const QUEUE_TTL_MS = 2 * 60_000;
/** Bounds the history of a window that waits. */
const LONGEST_QUEUE_MS = 12 * 3_600_000;

/**
 * Takes slots of a connection for the next wave, at most as many as it wants, and waits while there are none. A connection without a
 * limit gives all at once, and nobody is asked.
 */
export function* takeSlots(
  context: OrchestrationContext,
  input: PipelineScope,
  policy: BreakerPolicy | undefined,
  wanted: number,
): Durable<Outcome<number>> {
  const limit = policy?.maxPartitions;
  if (policy === undefined || limit === undefined) return { ok: true, value: wanted };
  const startedAt = clockOf(context);
  for (let polls = 0; ; polls++) {
    const answer = yield* ask(context, input, policy.connection, limit, wanted);
    if (answer.granted > 0) return { ok: true, value: answer.granted };
    if (clockOf(context) - startedAt > LONGEST_QUEUE_MS) {
      giveSlots(context, policy);
      const error = new ConnectionBusyError(policy.connection, limit);
      return { ok: false, failure: toFailure(error, { runId: input.runId, pipeline: input.pipeline }) };
    }
    if (polls === 0)
      logOnce(context, 'info', 'connection-queued', { connection: policy.connection, ahead: answer.ahead });
    yield* waitFor(context, Math.min(LONGEST_POLL_MS, FIRST_POLL_MS * 2 ** Math.min(polls, 10)));
    const cancelled = yield* checkCancel(context, input);
    if (cancelled) {
      giveSlots(context, policy);
      return { ok: false, failure: cancelled };
    }
  }
}

/** Gives back the slots, or the place in the queue. */
export function giveSlots(context: OrchestrationContext, policy: BreakerPolicy | undefined): void {
  if (policy?.maxPartitions === undefined) return;
  const release: SlotsRelease = { holder: context.df.instanceId };
  context.df.signalEntity(new EntityId(ENTITIES.connectionSlots, policy.connection), 'give', release);
}

function* ask(
  context: OrchestrationContext,
  { runId }: PipelineScope,
  connection: string,
  limit: number,
  wanted: number,
): Durable<SlotsAnswer> {
  const request: SlotsAsk = {
    holder: context.df.instanceId,
    run: runId,
    now: clockOf(context),
    ttlMs: TTL_MS,
    queueTtlMs: QUEUE_TTL_MS,
    limit,
    wanted,
  };
  return (yield context.df.callEntity(
    new EntityId(ENTITIES.connectionSlots, connection),
    'take',
    request,
  )) as SlotsAnswer;
}
