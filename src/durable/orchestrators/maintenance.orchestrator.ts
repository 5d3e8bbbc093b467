import { EntityId, type OrchestrationContext } from 'durable-functions';
import type { Failure } from '../../model/failure';
import { PATIENT } from '../../resilience/retry-policy';
import type { MaintenanceReport } from '../contracts/activities';
import { SLOT_POOL, type Expire } from '../contracts/entities';
import { ACTIVITIES, ENTITIES } from '../contracts/names';
import type { MaintenanceOrchestrationInput, MaintenanceResult } from '../contracts/orchestrations';
import { callWithRetries } from './call-with-retries';
import type { Durable } from './durable';
import { clockOf, timeOf } from './wait-for';

/** In this order: only a run that is known to have ended gives up its staging and its artifacts. */
const TASKS = [
  ACTIVITIES.closeOrphanedRuns,
  ACTIVITIES.dropStaleStaging,
  ACTIVITIES.sweepArtifacts,
  ACTIVITIES.pruneHistories,
  ACTIVITIES.purgeHistories,
] as const;
const TASKS_OF_1_0: readonly string[] = TASKS.filter((task) => task !== ACTIVITIES.pruneHistories);

/** The next round comes by itself: no use in trying for an hour. */
const TRIES = { policy: { ...PATIENT, maxAttempts: 3 } };

/** Keeps house. One task that fails does not stop the others. Input: `MaintenanceOrchestrationInput`. */
export function* maintenanceOrchestrator(context: OrchestrationContext): Durable<MaintenanceResult> {
  const { dryRun, pipelines, connections } = context.df.getInput<MaintenanceOrchestrationInput>();
  const reports: MaintenanceReport[] = [];
  const failures: Failure[] = [];
  for (const task of TASKS) {
    if (context.df.version === '1.0' && !TASKS_OF_1_0.includes(task)) continue;
    const { outcome } = yield* callWithRetries(context, task, { now: timeOf(context), dryRun }, TRIES);
    if (outcome.ok) reports.push(outcome.value);
    else failures.push(outcome.failure);
  }
  if (!dryRun) {
    const expire: Expire = { now: clockOf(context) };
    for (const name of pipelines) context.df.signalEntity(new EntityId(ENTITIES.pipelineLease, name), 'expire', expire);
    for (const name of connections) {
      context.df.signalEntity(new EntityId(ENTITIES.circuitBreaker, name), 'expire', expire);
      context.df.signalEntity(new EntityId(ENTITIES.connectionSlots, name), 'expire', expire);
    }
    if (context.df.version !== '1.0') {
      context.df.signalEntity(new EntityId(ENTITIES.slotPool, SLOT_POOL), 'expire', expire);
    }
  }
  return { reports, failures };
}
