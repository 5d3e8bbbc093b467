import type { Watermark } from '../../model/slice';
import { ACTIVITIES } from '../contracts/names';
import type { PipelinePlan } from '../contracts/pipeline-plan';
import { applyLoad } from './apply-load';
import type { PipelineScope } from '../contracts/scope';
import type { ActivityServices } from './activity-services';
import { defineActivity } from './define-activity';
import { pipelineOfRun, withTarget } from './pipeline-of-run';

/**
 * Moves the watermark behind what was published: the last step, and one that the next plan would mend. What was published
 * is read from the target's ledger and not from the plan: a run that is executed twice may have planned something else.
 */
export const advanceWatermark = defineActivity(ACTIVITIES.advanceWatermark, async (services, input) => {
  const { artifacts, watermarks } = services.stores;
  const run = await pipelineOfRun(services, input);
  const { watermark } = await artifacts.getJson<PipelinePlan>(input.pipelinePlan);
  const [published, columns] = await withTarget(services, run, async (target) => [
    await target.ledgerSince(input.pipeline, watermark?.load ?? 0),
    await target.describe(run.pipeline.target),
  ]);
  if (columns !== null) {
    const by = { runId: input.runId, at: services.now() };
    await services.stores.schemas.note({ pipeline: input.pipeline, side: 'target' }, columns, by);
  }
  // A load that was taken back since: the next plan tells the watermark from what is left.
  if (published.some(({ slice }) => slice.kind === 'undo')) return null;
  const advanced = published
    .filter(({ load }) => load <= input.load)
    .reduce<Watermark | null>((before, entry) => applyLoad(input.pipeline, before, entry), watermark);
  if (advanced !== null) await watermarks.advance(advanced);
  await recordMetrics(services, input);
  return null;
});

/** What was published becomes history for anomaly checks: only now, so that failed runs leave none. */
async function recordMetrics(
  { stores }: ActivityServices,
  { runId, pipeline, runStartedAt }: PipelineScope,
): Promise<void> {
  const said = await stores.checks.get(runId, pipeline);
  if (said !== null) await stores.metrics.record({ pipeline, runId, at: runStartedAt }, said.metrics);
}
