import type { OrchestrationContext } from 'durable-functions';
import { ActivityLostError } from '../../errors/activity-lost-error';
import type { FailureScope } from '../../errors/sluice-error';
import { toFailure } from '../../errors/to-failure';
import type { ActivityTable } from '../contracts/activities';
import type { ActivityName } from '../contracts/names';
import type { Outcome } from '../contracts/outcome';
import type { Durable } from './durable';
import { reasonOf } from './reason-of';

/**
 * Calls an activity once. Activities return envelopes, so an error that the SDK throws is the host's: it, too, becomes
 * an envelope, of a class that is retried.
 */
export function* callActivity<Name extends ActivityName>(
  context: OrchestrationContext,
  name: Name,
  input: ActivityTable[Name]['input'],
): Durable<Outcome<ActivityTable[Name]['result']>> {
  try {
    return (yield context.df.callActivity(name, input)) as Outcome<ActivityTable[Name]['result']>;
  } catch (error) {
    return lostActivity(name, error, scopeOf(input));
  }
}

/** The envelope of an activity that the host ended. */
export function lostActivity(name: ActivityName, error: unknown, scope: FailureScope): Outcome<never> {
  return { ok: false, failure: toFailure(new ActivityLostError(name, reasonOf(error)), scope) };
}

/** Where a call belongs, as far as its input says. */
export function scopeOf(input: object): FailureScope {
  const { runId, pipeline, partition } = input as { runId?: string; pipeline?: string; partition?: number };
  return {
    ...(runId !== undefined && { runId }),
    ...(pipeline !== undefined && { pipeline }),
    ...(partition !== undefined && { partition }),
  };
}
