import type { OrchestrationContext } from 'durable-functions';
import type { Failure } from '../../model/failure';
import { PATIENT } from '../../resilience/retry-policy';
import type { MonitoringReport, MonitoringResult } from '../contracts/monitoring';
import { ACTIVITIES } from '../contracts/names';
import { callWithRetries } from './call-with-retries';
import type { Durable } from './durable';
import { timeOf } from './wait-for';

/** In this order: service levels are judged by the runs that have ended, and what they raise is told of in the same round. */
const TASKS = [
  ACTIVITIES.scanRuns,
  ACTIVITIES.evaluateSlas,
  ACTIVITIES.watchHealth,
  ACTIVITIES.dispatchAlerts,
] as const;

/** The next round comes by itself: no use in trying for an hour. */
const TRIES = { policy: { ...PATIENT, maxAttempts: 3 } };

/** Looks at what happened since the last round, and says what is to be said. One task that fails does not stop the others. */
export function* monitoringOrchestrator(context: OrchestrationContext): Durable<MonitoringResult> {
  const reports: MonitoringReport[] = [];
  const failures: Failure[] = [];
  for (const task of TASKS) {
    const { outcome } = yield* callWithRetries(context, task, { now: timeOf(context) }, TRIES);
    if (outcome.ok) reports.push(outcome.value);
    else failures.push(outcome.failure);
  }
  return { reports, failures };
}
