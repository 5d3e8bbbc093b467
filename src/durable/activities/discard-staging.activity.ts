import { ACTIVITIES } from '../contracts/names';
import { defineActivity } from './define-activity';
import { pipelineOfRun, withTarget } from './pipeline-of-run';

/** Compensation: removes what staging left of this run. */
export const discardStaging = defineActivity(ACTIVITIES.discardStaging, async (services, input) => {
  const run = await pipelineOfRun(services, input);
  await withTarget(services, run, (target) => target.discardStaging(input.runId, input.pipeline));
  return null;
});
