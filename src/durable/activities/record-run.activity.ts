import type { RecordRunInput } from '../contracts/activities';
import { ACTIVITIES } from '../contracts/names';
import type { ActivityServices } from './activity-services';
import { defineActivity } from './define-activity';

/** Tells the run record, and the audit log at the run's beginning and end, what happened. */
export const recordRun = defineActivity(ACTIVITIES.recordRun, async (services, input) => {
  await services.stores.runs.record(input, services.now());
  if (input.phase === 'run-started' || input.phase === 'run-ended') await audit(services, input);
  return null;
});

async function audit(services: ActivityServices, input: RecordRunInput): Promise<void> {
  const { runId, correlationId, phase } = input;
  const detail: Record<string, string | null> =
    phase === 'run-ended'
      ? { status: input.status, failure: input.failure?.code ?? null }
      : { plan: input.plan.sha256 };
  const entry = { at: services.now(), action: phase, by: 'sluice', subject: runId, detail, correlationId };
  await services.stores.audit.append(entry, `${phase} ${runId}`);
}
