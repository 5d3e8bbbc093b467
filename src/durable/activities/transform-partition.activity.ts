import path from 'node:path';
import type { PipelineConfig } from '../../config/schema/pipeline';
import { MOST_FIGURES } from '../../model/step-figures';
import { fileFacts } from '../../steps/file-facts';
import { checkDefinitions } from '../../steps/transform/checks/check-definitions';
import { transformPartition as transform } from '../../steps/transform/transform-partition';
import type { ExtractResult } from '../contracts/activities';
import { ACTIVITIES } from '../contracts/names';
import { defineActivity } from './define-activity';
import { maskSaltsOf } from './mask-salts-of';
import { partitionDone, partitionOfPlan, resultInManifest } from './partition-of-plan';
import { pipelineOfRun, refuseCancelled } from './pipeline-of-run';

/** Whether the validate step quarantines rows, and so needs them as they came, or as the last reshaping step made them. */
function quarantinesOverAll(pipeline: PipelineConfig): boolean {
  return checkDefinitions(pipeline).some(({ kind, severity }) => kind === 'unique' && severity === 'quarantine');
}

/** Runs the pipeline's steps and row checks over one extracted partition: good rows and quarantined ones. */
export const transformPartition = defineActivity(ACTIVITIES.transformPartition, async (services, input) => {
  await refuseCancelled(services, input.runId);
  const { artifacts } = services.stores;
  const { plan: runPlan, pipeline } = await pipelineOfRun(services, input);
  const { plan } = await partitionOfPlan(services, input);
  const extracted = await resultInManifest<ExtractResult>(services, input.manifest, input.partition);
  const salts = await maskSaltsOf(services, pipeline);
  return services.engine.use(async (session) => {
    const folder = session.scratchFolder;
    const goodFile = path.join(folder, 'good.parquet');
    const quarantineFile = path.join(folder, 'quarantine.parquet');
    const originalsFile = path.join(folder, 'originals.parquet');
    const contendersFile = path.join(folder, 'contenders.parquet');
    const reshapedFile = path.join(folder, 'reshaped.parquet');
    const references = await Promise.all(
      input.references.map(async (reference) => ({
        pipeline: reference.pipeline,
        generation: reference.artifact.sha256.slice(0, 12),
        ...(await services.references.take(reference.artifact, folder)),
      })),
    );
    const facts = await transform({
      pipeline,
      input: await artifacts.fetch(extracted.artifact, folder),
      rejects: extracted.rejects === null ? null : await artifacts.fetch(extracted.rejects, folder),
      inputColumns: runPlan.release ? plan.sourceColumns : extracted.artifact.columns,
      references,
      parameters: runPlan.parameters,
      runStartedAt: input.runStartedAt,
      session,
      salts,
      goodFile,
      quarantineFile,
      originalsFile,
      contendersFile,
      ...(quarantinesOverAll(pipeline) ? { reshapedFile } : {}),
      ...(runPlan.release && { hasWaivers: true, entry: runPlan.release.entry }),
    });
    const keep = async (file: string, step: string, rows: number) => {
      if (rows === 0) return null;
      const place = { runId: input.runId, pipeline: input.pipeline, step, partition: input.partition };
      return artifacts.putParquet(file, place, await fileFacts(session, file));
    };
    const keepOriginals = async (from: string | null) => {
      if (from === null) return {};
      const place = { runId: input.runId, pipeline: input.pipeline, step: 'originals', partition: input.partition };
      return { originals: await artifacts.putParquet(from, place, await fileFacts(session, from)) };
    };
    const keepReshaped = async () => {
      const { rows } = await fileFacts(session, reshapedFile);
      return keep(reshapedFile, 'reshaped', rows);
    };
    const place = { runId: input.runId, pipeline: input.pipeline, step: 'transform', partition: input.partition };
    const good = { rows: facts.counts.loaded, columns: facts.columns };
    const artifact = await artifacts.putParquet(goodFile, place, good);
    const quarantine = await keep(quarantineFile, 'quarantine', facts.quarantinedRows);
    const originals = await keepOriginals(facts.originals ? originalsFile : null);
    const contenders = await keep(contendersFile, 'contenders', facts.contenderRows);
    const after = [];
    for (const { entry, file, originals: hidden, rows, reasons } of facts.quarantineAfter) {
      const kept = await keep(file, 'quarantine', rows);
      if (kept !== null) after.push({ entry, reasons, artifact: kept, ...(await keepOriginals(hidden)) });
    }
    const reshaped = facts.reshaped && quarantinesOverAll(pipeline) ? await keepReshaped() : null;
    const done = { step: 'transform', total: plan.partitions.length, rows: good.rows, bytes: artifact.bytes } as const;
    await partitionDone(services, input, done);
    const { counts, checks, aggregates, reasons } = facts;
    const rules = facts.rules.slice(0, MOST_FIGURES);
    const lookups = facts.lookups.slice(0, MOST_FIGURES).flatMap((lookup) => {
      const { generation, hit } = references.find(({ pipeline: name }) => name === lookup.from) ?? {};
      if (generation === undefined) return [];
      return [{ ...lookup, generation, cacheHits: hit === true ? 1 : 0, cacheMisses: hit === true ? 0 : 1 }];
    });
    return {
      partition: input.partition,
      artifact,
      raw: reshaped ?? extracted.artifact,
      quarantine,
      ...originals,
      ...(runPlan.release && runPlan.release.entry > 0 && { quarantineEntry: runPlan.release.entry }),
      ...(after.length > 0 && { quarantineAfter: after, quarantineReasons: facts.quarantineReasons }),
      contenders,
      counts,
      checks,
      aggregates,
      reasons,
      ...(lookups.length > 0 && { lookups }),
      ...(rules.length > 0 && { rules }),
      ...(extracted.seen && { seen: extracted.seen }),
    };
  });
});
