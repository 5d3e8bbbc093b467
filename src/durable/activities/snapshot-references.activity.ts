import { createHash } from 'node:crypto';
import path from 'node:path';
import { fileFacts } from '../../steps/file-facts';
import { ReferenceNotPublishedError } from '../../errors/reference-not-published-error';
import type { ReferenceRef } from '../contracts/activities';
import { ACTIVITIES } from '../contracts/names';
import type { PipelinePlan } from '../contracts/pipeline-plan';
import { defineActivity } from './define-activity';
import { referenceFileArtifact } from './reference-file-artifact';
import { pipelineOfRun, refuseCancelled, withTarget } from './pipeline-of-run';

/**
 * Brings what lookups and relationships read near: each referenced table or file as one Parquet artifact of the run. A repeated
 * activity finds it, so that all partitions read the same rows.
 */
export const snapshotReferences = defineActivity(ACTIVITIES.snapshotReferences, async (services, input) => {
  await refuseCancelled(services, input.runId);
  const { artifacts, watermarks } = services.stores;
  const { project, plan: runPlan } = await pipelineOfRun(services, input);
  const plan = await artifacts.getJson<PipelinePlan>(input.pipelinePlan);
  const found: ReferenceRef[] = [];
  for (const { pipeline: name, columns, file } of plan.references) {
    if (file !== undefined) {
      found.push({ pipeline: name, load: 0, artifact: await referenceFileArtifact(services, input, runPlan, file) });
      continue;
    }
    const referenced = project.pipelines[name];
    if (referenced === undefined) throw new ReferenceNotPublishedError(input.pipeline, name);
    const reference = await withTarget(services, { project, pipeline: referenced }, async (target) => {
      const known = (await watermarks.get(name))?.load ?? 0;
      const load = (await target.ledgerSince(name, known)).at(-1)?.load ?? known;
      const key = createHash('sha256')
        .update(JSON.stringify([referenced.target, columns]))
        .digest('hex')
        .slice(0, 16);
      // For this run alone: a table may change outside of Sluice, or be another one under the same name tomorrow.
      const place = `runs/${input.runId}/${input.pipeline}/references/${name}-${key}.parquet`;
      const kept = await artifacts.findNamed(place);
      if (kept !== null) return { pipeline: name, load, artifact: kept };
      return services.engine.use(async (session) => {
        const file = path.join(session.scratchFolder, 'reference.parquet');
        await target.exportPublished(referenced.target, columns, file, session);
        const facts = await fileFacts(session, file);
        return { pipeline: name, load, artifact: await artifacts.putNamed(place, file, facts) };
      });
    });
    found.push(reference);
  }
  return found;
});
