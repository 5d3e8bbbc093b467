import { didYouMean } from '../model/closest';
import { definitionHash } from '../config/definition-hash';
import type { LoadedProject } from '../config/load-project';
import { withParameters, type ParameterValue } from '../config/parameters';
import { planLevels } from '../config/plan-levels';
import type { Project } from '../config/project';
import { referenceHashes } from '../config/reference-files';
import type { PipelineConfig } from '../config/schema/pipeline';
import type { Engine } from '../engine/engine-session';
import { toFailure } from '../errors/to-failure';
import { UnknownPipelineError } from '../errors/unknown-pipeline-error';
import type { Column } from '../model/column';
import type { Watermark } from '../model/slice';
import { partitionedSource } from '../steps/extract/partitioned-source';
import type { Source, SourcePlan } from '../steps/extract/source';
import { evolutionOf } from '../steps/load/evolution-of';
import type { Target } from '../steps/load/target';
import { reviewedSlice } from '../steps/reviewed';
import { referencesOf } from '../steps/transform/references-of';
import { checkProject, type CheckedProject } from './check-project';
import { declaredInputColumns } from './input-columns';
import { parameterStandIns } from './parameter-stand-ins';
import { runParameters } from './run-parameters';
import type { Answer, PipelinePreview, SlicePreview, TablePreview } from './pipeline-preview';

/** How a preview reaches the world. Each may fail: the preview then says so and goes on. */
export interface PreviewConnections {
  openSource(project: Project, connection: string): Promise<Source>;
  openTarget(project: Project, connection: string): Promise<Target>;
  /** How far the pipeline has loaded; null before its first load. */
  watermark(pipeline: string): Promise<Watermark | null>;
}

export interface PreviewRequest {
  readonly loaded: LoadedProject;
  readonly project: Project;
  readonly pipeline: string;
  readonly engine: Engine;
  readonly connections: PreviewConnections;
  /** Given values; the others stand in with their defaults, or null. */
  readonly parameters?: Readonly<Record<string, ParameterValue>>;
}

/**
 * Says what a run of a pipeline would do, without doing it: reads the source's listing and headers and the target's
 * catalogue where they can be reached. `checked` has the problems that only the source's real columns show.
 */
export async function previewPipeline(
  request: PreviewRequest,
): Promise<{ readonly preview: PipelinePreview; readonly checked: CheckedProject }> {
  const { loaded, project, engine } = request;
  const pipeline = resolvedPipeline(request);
  const planned = await planSource(request, pipeline);
  const real = planned.reached && planned.answer.outcome === 'planned' ? planned.answer.columns : null;
  const known = {
    ...(real === null ? {} : { input: { [pipeline.pipeline]: real } }),
    parameters: request.parameters ?? {},
  };
  const checked = await checkProject(loaded, engine, known);
  const bound = checked.pipelines[pipeline.pipeline];
  const columns = bound?.columns ?? null;
  const { statements, current } = await lookAtTarget(request, pipeline, columns);
  const preview: PipelinePreview = {
    pipeline: pipeline.pipeline,
    description: pipeline.description ?? null,
    environment: project.environment,
    dag: {
      levels: planLevels(project, [pipeline.pipeline], { withDependencies: true }),
      dependsOn: pipeline.dependsOn,
      neededBy: Object.values(project.pipelines)
        .filter(({ dependsOn }) => dependsOn.includes(pipeline.pipeline))
        .map((other) => other.pipeline),
    },
    source: {
      connection: pipeline.source.connection,
      files: pipeline.source.files ?? pipeline.source.table ?? pipeline.source.request?.path ?? 'query',
      columns: real ?? declaredInputColumns(pipeline),
      slice: planned.reached ? { reached: true, answer: slicePreview(planned.answer) } : planned,
    },
    transform: { sql: bound?.sql ?? [], references: referencesOf(pipeline) },
    target: {
      connection: pipeline.target.connection,
      table: pipeline.target.table ?? pipeline.target.path ?? '',
      writeDisposition: pipeline.target.writeDisposition,
      columns,
      statements,
      current,
    },
  };
  return { preview, checked };
}

function resolvedPipeline({ project, pipeline: name, parameters = {} }: PreviewRequest): PipelineConfig {
  const pipeline = Object.hasOwn(project.pipelines, name) ? project.pipelines[name] : undefined;
  if (pipeline === undefined)
    throw new UnknownPipelineError(name, didYouMean(name, Object.keys(project.pipelines), 'pipelines'));
  return withParameters(pipeline, runParameters(project, [name], { ...parameterStandIns(pipeline), ...parameters }));
}

function planSource(request: PreviewRequest, pipeline: PipelineConfig): Promise<Answer<SourcePlan>> {
  return ask(async () => {
    const source = await request.connections.openSource(request.project, pipeline.source.connection);
    try {
      const watermark = await request.connections.watermark(pipeline.pipeline);
      return await request.engine.use((session) =>
        source.plan({
          config: partitionedSource(pipeline),
          writeDisposition: pipeline.target.writeDisposition,
          definitionHash: definitionHash(pipeline, referenceHashes(pipeline, request.loaded.referenceFiles)),
          watermark,
          session,
        }),
      );
    } finally {
      await source.close();
    }
  });
}

function slicePreview(plan: SourcePlan): SlicePreview {
  if (plan.outcome === 'up-to-date') {
    const { outcome, reason, notes } = plan;
    return { outcome, reason, notes, files: [], reviewed: reviewedSlice(undefined), partitions: [] };
  }
  return {
    outcome: plan.outcome,
    reason: null,
    notes: plan.notes,
    files: plan.slice.kind === 'files' ? plan.slice.files : [],
    reviewed: reviewedSlice(plan.slice),
    partitions: plan.partitions.map(({ index, label, estimatedRows, estimatedBytes }) => ({
      index,
      label,
      estimatedRows,
      estimatedBytes,
    })),
  };
}

async function lookAtTarget(
  { project, connections }: PreviewRequest,
  pipeline: PipelineConfig,
  columns: readonly Column[] | null,
): Promise<{ readonly statements: readonly string[] | null; readonly current: Answer<TablePreview> }> {
  const { target: config } = pipeline;
  const opened = await ask(() => connections.openTarget(project, config.connection));
  if (!opened.reached) return { statements: null, current: opened };
  const target = opened.answer;
  try {
    const statements = columns === null ? null : target.explain(config, columns);
    const current = await ask(async (): Promise<TablePreview> => {
      const existing = await target.describe(config);
      return { columns: existing, mismatch: existing && columns && (await mismatchOf(target, pipeline, columns)) };
    });
    return { statements, current };
  } finally {
    await target.close();
  }
}

async function mismatchOf(
  target: Target,
  pipeline: PipelineConfig,
  columns: readonly Column[],
): Promise<string | null> {
  try {
    await target.checkColumns(pipeline.target, columns, evolutionOf(pipeline));
    return null;
  } catch (error) {
    const { code, message } = toFailure(error);
    if (code === 'target-schema-mismatch') return message;
    throw error;
  }
}

async function ask<T>(question: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { reached: true, answer: await question() };
  } catch (error) {
    const { message, causes, nextAction } = toFailure(error);
    const reason = [message, ...causes.slice(0, 2)].join(': ').replace(/\.:/g, ':');
    return { reached: false, reason, nextAction };
  }
}
