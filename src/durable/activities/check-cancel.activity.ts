import { ACTIVITIES } from '../contracts/names';
import { defineActivity } from './define-activity';
import { refuseCancelled } from './pipeline-of-run';

/** For orchestrations that wait: fails with `run-cancelled` once the intent is there. */
export const checkCancel = defineActivity(ACTIVITIES.checkCancel, async (services, { runId }) => {
  await refuseCancelled(services, runId);
  return null;
});
