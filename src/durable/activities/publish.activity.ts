import { toFailure } from '../../errors/to-failure';
import { evolutionOf } from '../../steps/load/evolution-of';
import { publishPipeline } from '../../steps/load/publish-pipeline';
import type { StageResult, WindowManifest } from '../contracts/activities';
import { ACTIVITIES } from '../contracts/names';
import type { PipelinePlan } from '../contracts/pipeline-plan';
import { defineActivity } from './define-activity';
import { pipelineOfRun, refuseCancelled, withTarget } from './pipeline-of-run';
import { replacesFiles } from './replaces-files';
import { targetOfSlice } from './target-of-slice';
import { withSeen } from './with-seen';

/** Makes the staged rows visible, in one transaction with their ledger row and their verification. */
export const publish = defineActivity(ACTIVITIES.publish, async (services, input) => {
  const { artifacts, runs } = services.stores;
  const run = await pipelineOfRun(services, input);
  const plan = await artifacts.getJson<PipelinePlan>(input.pipelinePlan);
  const manifests = await Promise.all(
    input.windows.map(({ manifest }) => artifacts.getJson<WindowManifest<StageResult>>(manifest)),
  );
  const { runId, pipeline } = input;
  const staged = manifests.flatMap(({ results }) => results);
  const slice = await withSeen(services, input, plan.slice, staged);
  const published = await withTarget(services, run, (target) =>
    publishPipeline(target, {
      runId,
      pipeline,
      target: targetOfSlice(run.pipeline.target, slice),
      columns: plan.targetColumns,
      slice,
      definitionHash: plan.definitionHash,
      staged,
      counts: input.counts,
      verify: run.pipeline.verify,
      evolution: evolutionOf(run.pipeline),
      ...(replacesFiles(run.pipeline) && { replacesFiles: true }),
      expectedPreviousLoad: plan.previousLoad,
      beforeCommit: () => refuseCancelled(services, runId),
    }),
  );
  const done = { step: 'publish', partition: -1, totalPartitions: 1, rows: published.rows, bytes: 0 } as const;
  try {
    await runs.progress({ runId, pipeline, ...done, at: services.now() });
  } catch (error) {
    // The commit has happened: progress that cannot be written must not make it look like a failure.
    services.log.warn('progress-not-recorded', { runId, pipeline, message: toFailure(error).message });
  }
  return published;
});
