import path from 'node:path';
import { stagePartition as stage } from '../../steps/load/stage-partition';
import type { TransformResult } from '../contracts/activities';
import { ACTIVITIES } from '../contracts/names';
import { defineActivity } from './define-activity';
import { partitionDone, partitionOfPlan, resultInManifest } from './partition-of-plan';
import { pipelineOfRun, refuseCancelled, withTarget } from './pipeline-of-run';

/** Copies the rows of one partition, less those that validation took out, into staging of the target. */
export const stagePartition = defineActivity(ACTIVITIES.stagePartition, async (services, input) => {
  await refuseCancelled(services, input.runId);
  const { artifacts } = services.stores;
  const run = await pipelineOfRun(services, input);
  const { plan } = await partitionOfPlan(services, input);
  const { artifact, seen } = await resultInManifest<TransformResult>(services, input.manifest, input.partition);
  return services.engine.use(async (session) => {
    const folder = session.scratchFolder;
    const { runId, pipeline, partition } = input;
    const goodFile = await artifacts.fetch(artifact, folder);
    const exclusionsFile = input.exclusions === null ? null : await artifacts.fetch(input.exclusions, folder);
    const facts = await withTarget(services, run, (target) =>
      stage({
        target,
        config: run.pipeline.target,
        verify: run.pipeline.verify,
        runId,
        pipeline,
        partition,
        expectedPreviousLoad: plan.previousLoad,
        columns: plan.targetColumns,
        goodFile,
        exclusionsFile,
        session,
        loadFile: path.join(folder, 'load.parquet'),
      }),
    );
    const done = { step: 'stage', total: plan.partitions.length, rows: facts.rows, bytes: artifact.bytes } as const;
    await partitionDone(services, input, done);
    return { partition, facts, ...(seen && { seen }) };
  });
});
