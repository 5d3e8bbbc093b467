import type { OrchestrationContext } from 'durable-functions';
import { PATIENT } from '../../resilience/retry-policy';
import type { RecordRunInput, RunPhase } from '../contracts/activities';
import { ACTIVITIES } from '../contracts/names';
import type { RunScope } from '../contracts/scope';
import { callWithRetries } from './call-with-retries';
import type { Durable } from './durable';
import { logOnce } from './replay-safe-log';

/**
 * Tells the run record what happened. Tried with patience; a record that cannot be written does not change what the
 * run did, and maintenance closes it later.
 */
export function* recordRun(context: OrchestrationContext, scope: RunScope, phase: RunPhase): Durable<void> {
  const { runId, plan, correlationId, runStartedAt } = scope;
  const input: RecordRunInput = { runId, plan, correlationId, runStartedAt, ...phase };
  const { outcome } = yield* callWithRetries(context, ACTIVITIES.recordRun, input, { policy: PATIENT });
  if (!outcome.ok) logOnce(context, 'warn', 'run-not-recorded', { phase: phase.phase, code: outcome.failure.code });
}
