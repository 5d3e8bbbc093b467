import type { PipelineConfig } from '../../config/schema/pipeline';
import { PipelineInvalidError } from '../../errors/pipeline-invalid-error';
import { ReferenceNotPublishedError } from '../../errors/reference-not-published-error';
import { TargetSchemaMismatchError } from '../../errors/target-schema-mismatch-error';
import type { Column } from '../../model/column';
import { partitionedSource } from '../../steps/extract/partitioned-source';
import { evolutionOf } from '../../steps/load/evolution-of';
import { bindPipeline } from '../../steps/transform/bind-pipeline';
import { needsSinglePartition } from '../../steps/transform/needs-single-partition';
import { referencesOf } from '../../steps/transform/references-of';
import type { PlanResult } from '../contracts/activities';
import { ACTIVITIES } from '../contracts/names';
import type { PipelinePlan } from '../contracts/pipeline-plan';
import type { PipelineScope } from '../contracts/scope';
import type { ActivityServices } from './activity-services';
import { backfillBounds } from './backfill-bounds';
import { checkDiskBudget } from './check-disk-budget';
import { defineActivity } from './define-activity';
import { mendedWatermark } from './mended-watermark';
import { pausedReason } from './paused-reason';
import { pipelineOfRun, refuseCancelled, withSource, withTarget, type PipelineOfRun } from './pipeline-of-run';
import { planRelease, refuseUnbound } from './plan-release';
import { referenceFileArtifact } from './reference-file-artifact';
import { refuseRelease } from './refuse-release';
import { refuseOtherSlice, refuseOtherTarget } from './refuse-unreviewed';
import { refuseChangedFiles } from './replaces-files';
import { sliceLabel } from './slice-label';
import { targetOfSlice } from './target-of-slice';

/**
 * Decides what the run takes: mends the watermark from the target's ledger, asks the source, binds every expression against
 * the real columns, and checks that the target's table fits. Writes the pipeline plan as an immutable blob.
 */
export const planPipeline = defineActivity(ACTIVITIES.planPipeline, async (services, scope): Promise<PlanResult> => {
  await refuseCancelled(services, scope.runId);
  const run = await pipelineOfRun(services, scope);
  const paused = await pausedReason(services, run.plan, scope.pipeline);
  if (paused !== null) return { outcome: 'paused', reason: paused, notes: [] };
  const { pipeline, definitionHash } = run;
  const watermark = await withTarget(services, run, (target) =>
    mendedWatermark(services, target, scope.pipeline, pipeline.target.connection),
  );
  const references = await referenceColumns(services, scope, run);
  const { release, backfill } = run.plan;
  if (release !== undefined)
    await withTarget(services, run, (target) => refuseRelease(target, run, release, scope.runId));
  const bounds =
    backfill === undefined
      ? undefined
      : await withTarget(services, run, (target) => backfillBounds(target, run, backfill));
  return services.engine.use(async (session): Promise<PlanResult> => {
    const planned =
      release === undefined
        ? await withSource(services, run, (source) =>
            source.plan({
              config: partitionedSource(pipeline),
              writeDisposition: pipeline.target.writeDisposition,
              definitionHash,
              watermark,
              ...(bounds && { backfill: bounds }),
              session,
            }),
          )
        : planRelease(pipeline, release);
    refuseOtherSlice(run.plan, planned.outcome === 'planned' ? planned.slice : undefined);
    if (planned.outcome === 'up-to-date') return planned;
    const { slice, partitions, notes } = planned;
    const isSingle = needsSinglePartition(pipeline);
    if (isSingle && partitions.length > 1)
      throw new RangeError(`The source ${pipeline.source.connection} split what must stay together`);
    checkDiskBudget(partitions, services.engine.limits.tempLimitBytes, isSingle);
    const bound = await bindPipeline({
      pipeline,
      inputColumns: planned.columns,
      references,
      session,
      entry: release?.entry ?? 0,
    });
    if (release !== undefined) refuseUnbound(pipeline.pipeline, release.id, bound.problems);
    if (bound.problems.length > 0 || bound.columns === null)
      throw new PipelineInvalidError(scope.pipeline, bound.problems);
    const targetColumns = bound.columns;
    const gone = await withTarget(services, run, async (target) => {
      const config = targetOfSlice(pipeline.target, slice);
      refuseChangedFiles(pipeline, target, slice, watermark);
      const there = await target.checkColumns(config, targetColumns, evolutionOf(pipeline));
      refuseOtherTarget(run.plan, there);
      if (there === null && pipeline.source.schema.tables === 'freeze') throw missingTarget(pipeline);
      return goneColumns(there, targetColumns, pipeline);
    });
    if (release === undefined) {
      const by = { runId: scope.runId, at: services.now() };
      await services.stores.schemas.note({ pipeline: scope.pipeline, side: 'source' }, planned.columns, by);
    }
    const plan: PipelinePlan = {
      pipeline: scope.pipeline,
      definitionHash,
      slice,
      partitions,
      sourceColumns: planned.columns,
      targetColumns,
      watermark,
      previousLoad: watermark?.load ?? 0,
      references: referencesOf(pipeline),
    };
    const pipelinePlan = await services.stores.artifacts.putJson(`runs/${scope.runId}/${scope.pipeline}/plan`, plan);
    return {
      outcome: 'planned',
      pipelinePlan,
      partitions: partitions.length,
      references: plan.references.length,
      notes: [...notes, ...gone],
      sliceLabel: sliceLabel(slice),
    };
  });
});

function missingTarget({ target }: PipelineConfig): TargetSchemaMismatchError {
  const place = target.table ?? target.path ?? '';
  return new TargetSchemaMismatchError(
    `${place} does not exist, and source.schema.tables is freeze`,
    target.connection,
  );
}

/** Columns of the target that no row is given any more: never dropped, and never silently. */
function goneColumns(there: readonly Column[] | null, given: readonly Column[], { target }: PipelineConfig): string[] {
  const { validFrom = 'valid_from', validTo = 'valid_to' } = target.merge ?? {};
  const names = new Set([
    ...given.map(({ name }) => name),
    ...(target.merge?.strategy === 'scd2' ? [validFrom, validTo] : []),
  ]);
  const gone = (there ?? []).filter(({ name }) => !names.has(name)).map(({ name }) => name);
  if (gone.length === 0) return [];
  return [
    `The target has columns that the pipeline does not give: ${gone.join(', ')}; they stay as they are, and empty in new rows`,
  ];
}

async function referenceColumns(
  services: ActivityServices,
  scope: PipelineScope,
  { plan, project, pipeline }: PipelineOfRun,
): Promise<Record<string, readonly Column[]>> {
  const columns: Record<string, readonly Column[]> = {};
  for (const { pipeline: name, file } of referencesOf(pipeline)) {
    if (file !== undefined) {
      columns[name] = (await referenceFileArtifact(services, scope, plan, file)).columns;
      continue;
    }
    const referenced = project.pipelines[name];
    const table =
      referenced === undefined
        ? null
        : await withTarget(services, { project, pipeline: referenced }, (target) => target.describe(referenced.target));
    if (table === null) throw new ReferenceNotPublishedError(pipeline.pipeline, name);
    columns[name] = table;
  }
  return columns;
}
