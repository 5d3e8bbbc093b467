import path from 'node:path';
import { fileFacts } from '../../steps/file-facts';
import { extractPartition as extract } from '../../steps/extract/extract-partition';
import type { ExtractResult } from '../contracts/activities';
import { ACTIVITIES } from '../contracts/names';
import { defineActivity } from './define-activity';
import { extractRelease } from './extract-release';
import { partitionDone, partitionOfPlan } from './partition-of-plan';
import { pipelineOfRun, refuseCancelled, withSource } from './pipeline-of-run';

/** Brings one partition of the source into the work container, exactly as it is there. */
export const extractPartition = defineActivity(ACTIVITIES.extractPartition, async (services, input) => {
  await refuseCancelled(services, input.runId);
  const { artifacts } = services.stores;
  const run = await pipelineOfRun(services, input);
  const { plan, partition } = await partitionOfPlan(services, input);
  const { release } = run.plan;
  return services.engine.use(async (session): Promise<ExtractResult> => {
    const place = { runId: input.runId, pipeline: input.pipeline, step: 'extract', partition: input.partition };
    if (release !== undefined) {
      const artifact = await extractRelease(services, session, release, place);
      await partitionDone(services, input, { step: 'extract', total: 1, rows: release.rows, bytes: artifact.bytes });
      return { partition: input.partition, artifact, rejects: null, read: release.rows };
    }
    const rawFile = path.join(session.scratchFolder, 'raw.parquet');
    const rejectsFile = path.join(session.scratchFolder, 'rejects.parquet');
    const seenFile = path.join(session.scratchFolder, 'seen.parquet');
    const config = run.pipeline.source;
    const earlier = plan.slice.kind === 'range' ? (plan.watermark?.seen ?? null) : null;
    const earlierSeenFile = earlier === null ? null : await artifacts.fetch(earlier, session.scratchFolder);
    const facts = await withSource(services, run, (source) =>
      extract({ source, config, partition, session, rawFile, rejectsFile, seenFile, earlierSeenFile }),
    );
    const artifact = await artifacts.putParquet(rawFile, place, { rows: facts.rows, columns: facts.columns });
    const rejects =
      facts.rejects === 0
        ? null
        : await artifacts.putParquet(
            rejectsFile,
            { ...place, step: 'extract-rejects' },
            await fileFacts(session, rejectsFile),
          );
    const seen =
      facts.seen === 0
        ? null
        : await artifacts.putParquet(seenFile, { ...place, step: 'seen' }, await fileFacts(session, seenFile));
    const done = { step: 'extract', total: plan.partitions.length, rows: facts.read, bytes: artifact.bytes } as const;
    await partitionDone(services, input, done);
    return { partition: input.partition, artifact, rejects, read: facts.read, ...(seen && { seen }) };
  });
});
