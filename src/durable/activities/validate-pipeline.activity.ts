import path from 'node:path';
import { fileFacts } from '../../steps/file-facts';
import { entryAfterReshaping } from '../../steps/transform/needs-single-partition';
import { sumFigures } from '../../steps/validate/sum-figures';
import { validateDataset } from '../../steps/validate/validate-dataset';
import { validationNeeds } from '../../steps/validate/validation-needs';
import type { TransformResult, WindowManifest } from '../contracts/activities';
import { ACTIVITIES } from '../contracts/names';
import type { PipelinePlan } from '../contracts/pipeline-plan';
import { anomalyHistory } from './anomaly-history';
import { defineActivity } from './define-activity';
import { maskSaltsOf } from './mask-salts-of';
import { pipelineOfRun, refuseCancelled } from './pipeline-of-run';

/** Judges the whole slice over all partitions, once. A failed verdict is a result; the orchestrator makes it a failure. */
export const validatePipeline = defineActivity(ACTIVITIES.validatePipeline, async (services, input) => {
  await refuseCancelled(services, input.runId);
  const { artifacts, quarantine: index, runs } = services.stores;
  const { pipeline, plan: runPlan } = await pipelineOfRun(services, input);
  const manifests = await Promise.all(
    input.windows.map(({ manifest }) => artifacts.getJson<WindowManifest<TransformResult>>(manifest)),
  );
  const results = manifests.flatMap((manifest) => manifest.results);
  const needs = validationNeeds(pipeline);
  const goodFiles = needs.goodFiles || results.some(({ aggregates }) => aggregates === undefined);
  const plan = await artifacts.getJson<PipelinePlan>(input.pipelinePlan);
  const history = await anomalyHistory(services, input.runId, pipeline, plan.slice);
  const madeAnew = entryAfterReshaping(pipeline) > (runPlan.release?.entry ?? 0);
  const salts = await maskSaltsOf(services, pipeline);
  return services.engine.use(async (session) => {
    const folder = session.scratchFolder;
    const exclusionsFile = path.join(folder, 'exclusions.parquet');
    const quarantineFile = path.join(folder, 'quarantine.parquet');
    const originalsFile = path.join(folder, 'originals.parquet');
    const partitions = [];
    for (const result of results) {
      const { partition, counts, checks, reasons, contenders, aggregates } = result;
      const goodFile = goodFiles ? await artifacts.fetch(result.artifact, folder) : null;
      const contendersFile = needs.contenders && contenders ? await artifacts.fetch(contenders, folder) : null;
      const figures = aggregates === undefined ? {} : { aggregates };
      partitions.push({ partition, counts, checks, reasons, goodFile, contendersFile, ...figures });
    }
    const rawFile = async (partition: number): Promise<string> => {
      const raw = results.find((result) => result.partition === partition)?.raw;
      if (raw === undefined) throw new RangeError(`Partition ${partition} has no extracted artifact.`);
      return artifacts.fetch(raw, folder);
    };
    const release = plan.slice.kind === 'release' ? { waivedFile: madeAnew ? null : await rawFile(0) } : null;
    const facts = await validateDataset({
      pipeline,
      partitions,
      session,
      salts,
      entry: Math.max(entryAfterReshaping(pipeline), runPlan.release?.entry ?? 0),
      columns: results[0]?.artifact.columns ?? null,
      runStartedAt: input.runStartedAt,
      history,
      exclusionsFile,
      quarantineFile,
      originalsFile,
      rawFile,
      ...(release && { release }),
    });
    const keep = async (file: string, step: string, rows: number) => {
      if (rows === 0) return null;
      const place = { runId: input.runId, pipeline: input.pipeline, step, partition: null };
      return artifacts.putParquet(file, place, await fileFacts(session, file));
    };
    const exclusions = await keep(exclusionsFile, 'exclusions', facts.excludedRows);
    const quarantine = await keep(quarantineFile, 'quarantine', facts.quarantinedRows);
    const originals = facts.originals ? await keep(originalsFile, 'originals', facts.quarantinedRows) : null;
    const at = services.now();
    const { runId, pipeline: name } = input;
    if (quarantine !== null) {
      const batch = {
        runId,
        pipeline: name,
        step: 'validate',
        partition: -1,
        rows: facts.quarantinedRows,
        reasons: facts.datasetReasons,
        at,
      } as const;
      const entry = Math.max(entryAfterReshaping(pipeline), runPlan.release?.entry ?? 0);
      await index.add({ ...batch, artifact: quarantine, ...(originals && { originals }), ...(entry > 0 && { entry }) });
    }
    const done = { runId, pipeline: name, step: 'validate', partition: -1, totalPartitions: 1, bytes: 0, at } as const;
    await runs.progress({ ...done, rows: facts.counts.loaded });
    const { verdict, message, checks, metrics, reasons, counts } = facts;
    await services.stores.checks.put({
      runId,
      pipeline: name,
      at: input.runStartedAt,
      verdict,
      message,
      checks,
      metrics,
    });
    return { verdict, message, checks, reasons, counts, ...sumFigures(results), exclusions, quarantine };
  });
});
