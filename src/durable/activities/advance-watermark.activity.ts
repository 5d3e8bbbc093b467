import { ACTIVITIES } from '../contracts/names';
import type { PipelinePlan } from '../contracts/pipeline-plan';
import { applyLoad } from './apply-load';
import { defineActivity } from './define-activity';
import { pipelineOfRun } from './pipeline-of-run';

/** Moves the watermark behind what was published: the last step, and one that the next plan would mend. */
export const advanceWatermark = defineActivity(ACTIVITIES.advanceWatermark, async (services, input) => {
  const { artifacts, watermarks } = services.stores;
  const { pipeline } = await pipelineOfRun(services, input);
  const plan = await artifacts.getJson<PipelinePlan>(input.pipelinePlan);
  const { slice, definitionHash } = plan;
  const { writeDisposition } = pipeline.target;
  await watermarks.advance(
    applyLoad(input.pipeline, plan.watermark, { load: input.load, slice, definitionHash, writeDisposition }),
  );
  return null;
});
