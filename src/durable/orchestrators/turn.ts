import { EntityId, type OrchestrationContext } from 'durable-functions';
import { AppBusyError } from '../../errors/app-busy-error';
import { ConnectionBusyError } from '../../errors/connection-busy-error';
import { toFailure } from '../../errors/to-failure';
import {
  SLOT_POOL,
  type BreakerPolicy,
  type SlotsAnswer,
  type SlotsAsk,
  type SlotsKeep,
  type SlotsRelease,
} from '../contracts/entities';
import { ENTITIES } from '../contracts/names';
import type { TurnPolicy, WindowInput } from '../contracts/orchestrations';
import type { Outcome } from '../contracts/outcome';
import { checkCancel } from './check-cancel';
import type { Durable } from './durable';
import { logOnce } from './replay-safe-log';
import { giveSlots, takeSlots } from './slots';
import { clockOf, waitFor } from './wait-for';

/** Longer than any one wave may take; slots of a run that died are let go by the tick, and by maintenance. */
const TTL_MS = 2 * 3_600_000;
const FIRST_POLL_MS = 1_000;
const LONGEST_POLL_MS = 60_000;
/** A place in the queue outlives several polls. */
const QUEUE_TTL_MS = 5 * 60_000;
/** Bounds the history of a window that waits; far beyond what ageing lets a low one wait for others. */
const LONGEST_QUEUE_MS = 12 * 3_600_000;

/** Slots of one entity: of a connection, or of the app. */
interface Limit {
  readonly entity: EntityId;
  readonly slots: number;
}

/**
 * Waits for the turn of the next wave: slots of the connection, where it has a limit, and of the app's pool. Gives how many partitions may run, at
 * most as many as are wanted. Both are had or neither: whoever is first of all that wait is first wherever it asks, so that no two wait for
 * each other.
 */
export function* takeTurn(
  context: OrchestrationContext,
  input: WindowInput,
  policy: BreakerPolicy | undefined,
  wanted: number,
): Durable<Outcome<number>> {
  const { turn } = input.steering;
  if (turn === undefined) return yield* takeSlots(context, input, policy, wanted);
  const connection = connectionLimit(policy);
  const pool = poolLimit(turn);
  const since = clockOf(context);
  for (let asked = false; ; asked = true) {
    const granted = yield* takeBoth(context, input, { connection, pool, since, wanted, priority: turn.priority });
    if (granted > 0) return { ok: true, value: granted };
    if (clockOf(context) - since > LONGEST_QUEUE_MS) {
      giveTurn(context, input, policy);
      const error =
        connection === null || policy === undefined
          ? new AppBusyError(pool?.slots ?? 0)
          : new ConnectionBusyError(policy.connection, connection.slots);
      return { ok: false, failure: toFailure(error, { runId: input.runId, pipeline: input.pipeline }) };
    }
    if (!asked) logOnce(context, 'info', 'turn-awaited', { step: input.step, priority: turn.priority });
    // Whoever has waited long waits a tenth longer at most, and has a history that can be read.
    const waited = clockOf(context) - since;
    yield* waitFor(context, Math.min(LONGEST_POLL_MS, Math.max(FIRST_POLL_MS, Math.round(waited / 10))));
    const cancelled = yield* checkCancel(context, input);
    if (cancelled) {
      giveTurn(context, input, policy);
      return { ok: false, failure: cancelled };
    }
  }
}

/** Gives back the slots, or the places in the queues. */
export function giveTurn(context: OrchestrationContext, input: WindowInput, policy: BreakerPolicy | undefined): void {
  const { turn } = input.steering;
  if (turn === undefined) return giveSlots(context, policy);
  for (const limit of [connectionLimit(policy), poolLimit(turn)]) if (limit !== null) give(context, limit);
}

function* takeBoth(
  context: OrchestrationContext,
  input: WindowInput,
  asked: {
    readonly connection: Limit | null;
    readonly pool: Limit | null;
    readonly since: number;
    readonly wanted: number;
    readonly priority: TurnPolicy['priority'];
  },
): Durable<number> {
  const { connection, pool, since, wanted, priority } = asked;
  const ask = (limit: Limit, slots: number): SlotsAsk => ({
    ...{ holder: context.df.instanceId, run: input.runId, now: clockOf(context) },
    ...{ ttlMs: TTL_MS, queueTtlMs: QUEUE_TTL_MS, limit: limit.slots, wanted: slots, priority, since },
  });
  const take = function* (limit: Limit | null, slots: number): Durable<number> {
    if (limit === null) return slots;
    return ((yield context.df.callEntity(limit.entity, 'take', ask(limit, slots))) as SlotsAnswer).granted;
  };
  const ofConnection = yield* take(connection, wanted);
  if (ofConnection === 0) {
    // What waits for its connection is not to keep slots of the app free for itself; its place there is as old as before when it comes back.
    if (connection !== null && pool !== null) give(context, pool);
    return 0;
  }
  const granted = yield* take(pool, ofConnection);
  if (connection === null || granted === ofConnection) return granted;
  if (granted === 0) context.df.signalEntity(connection.entity, 'take', ask(connection, 0));
  else {
    const keep: SlotsKeep = { holder: context.df.instanceId, slots: granted };
    context.df.signalEntity(connection.entity, 'keep', keep);
  }
  return granted;
}

function give(context: OrchestrationContext, { entity }: Limit): void {
  const release: SlotsRelease = { holder: context.df.instanceId };
  context.df.signalEntity(entity, 'give', release);
}

function connectionLimit(policy: BreakerPolicy | undefined): Limit | null {
  if (policy?.maxPartitions === undefined) return null;
  return { entity: new EntityId(ENTITIES.connectionSlots, policy.connection), slots: policy.maxPartitions };
}

function poolLimit({ poolSlots }: TurnPolicy): Limit | null {
  return poolSlots === null ? null : { entity: new EntityId(ENTITIES.slotPool, SLOT_POOL), slots: poolSlots };
}
