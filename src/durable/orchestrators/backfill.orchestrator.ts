import type { OrchestrationContext } from 'durable-functions';
import type { Failure } from '../../model/failure';
import type { Status } from '../../model/status';
import { PATIENT } from '../../resilience/retry-policy';
import type { BackfillInput, BackfillResult, StartedWindow } from '../contracts/backfill';
import { ACTIVITIES, ORCHESTRATORS } from '../contracts/names';
import type { MasterResult } from '../contracts/orchestrations';
import { callAll } from './call-all';
import { callWithRetries } from './call-with-retries';
import type { Durable } from './durable';

/**
 * Loads the windows of a backfill, oldest first and a few at once, each as a run of its own. A window that fails does not stop the others
 * unless it is to. Ends with the backfill's record. Input: `BackfillInput`, at most 1,000 windows, so that its history stays readable.
 */
export function* backfillOrchestrator(context: OrchestrationContext): Durable<BackfillResult> {
  const { backfill, windows, maxParallel, stopOnFailure } = context.df.getInput<BackfillInput>();
  let failed = 0;
  for (let first = 0; first < windows; first += maxParallel) {
    context.df.setCustomStatus({ windows, done: first, failed });
    const count = Math.min(maxParallel, windows - first);
    const { outcome } = yield* callWithRetries(
      context,
      ACTIVITIES.startBackfillWindows,
      { backfill, first, count },
      { policy: PATIENT },
    );
    if (!outcome.ok) return yield* end(context, backfill, 'Failed', failed, outcome.failure);
    if (outcome.value.cancelled) return yield* end(context, backfill, 'Cancelled', failed, null);
    const statuses = yield* runAll(context, outcome.value.runs);
    failed += statuses.filter((status) => status !== 'Succeeded').length;
    if (failed > 0 && stopOnFailure) break;
  }
  return yield* end(context, backfill, failed > 0 ? 'Failed' : 'Succeeded', failed, null);
}

/** A run's instance id is its own, not one below this orchestration's: it is found, cancelled and repaired as any run. */
function* runAll(context: OrchestrationContext, runs: readonly StartedWindow[]): Durable<readonly Status[]> {
  const started = runs.filter(({ ended }) => ended === null);
  const results = yield* callAll<Pick<MasterResult, 'status'>>(
    context,
    started.map(
      ({ runId, masterInput }) =>
        () =>
          context.df.callSubOrchestrator(ORCHESTRATORS.master, masterInput, runId, context.df.version),
    ),
    () => ({ status: 'Failed' }),
  );
  return [...results.map(({ status }) => status), ...runs.flatMap(({ ended }) => (ended === null ? [] : [ended]))];
}

function* end(
  context: OrchestrationContext,
  backfill: string,
  status: BackfillResult['status'],
  failed: number,
  failure: Failure | null,
): Durable<BackfillResult> {
  yield* callWithRetries(context, ACTIVITIES.endBackfill, { backfill, status, failure }, { policy: PATIENT });
  return { status, failed };
}
