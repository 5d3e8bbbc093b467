import path from 'node:path';
import { excludeRows } from '../../steps/validate/exclude-rows';
import type { VerifyRule } from '../../config/schema/pipeline';
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
  const transformed = await resultInManifest<TransformResult>(services, input.manifest, input.partition);
  return services.engine.use(async (session) => {
    const folder = session.scratchFolder;
    let file = await artifacts.fetch(transformed.artifact, folder);
    if (input.exclusions !== null) {
      const left = path.join(folder, 'left.parquet');
      const exclusions = await artifacts.fetch(input.exclusions, folder);
      await excludeRows(session, file, exclusions, input.partition, left);
      file = left;
    }
    const { runId, pipeline, partition } = input;
    const facts = await withTarget(services, run, (target) =>
      target.stage({
        runId,
        pipeline,
        partition,
        target: run.pipeline.target,
        columns: plan.targetColumns,
        checksumColumns: checksumColumns(run.pipeline.verify),
        file,
        engine: session,
      }),
    );
    const done = {
      step: 'stage',
      total: plan.partitions.length,
      rows: facts.rows,
      bytes: transformed.artifact.bytes,
    } as const;
    await partitionDone(services, input, done);
    return { partition, facts };
  });
});

function checksumColumns(rules: readonly VerifyRule[]): string[] {
  const named = rules.flatMap((rule) => ('checksum' in rule ? rule.checksum : []));
  return [...new Set(named)];
}
