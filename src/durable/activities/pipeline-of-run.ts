import type { Project, RunPlan } from '../../config/project';
import type { PipelineConfig } from '../../config/schema/pipeline';
import { RunCancelledError } from '../../errors/run-cancelled-error';
import { UnknownPipelineError } from '../../errors/unknown-pipeline-error';
import type { Source } from '../../steps/extract/source';
import type { Target } from '../../steps/load/target';
import type { PipelineScope } from '../contracts/scope';
import type { ActivityServices } from './activity-services';

/** The pinned definitions of the run that an activity belongs to. */
export interface PipelineOfRun {
  readonly plan: RunPlan;
  readonly project: Project;
  readonly pipeline: PipelineConfig;
  readonly definitionHash: string;
}

/** Reads the run plan (immutable, cached by hash) and finds the pipeline in it. */
export async function pipelineOfRun(
  services: ActivityServices,
  scope: Pick<PipelineScope, 'plan' | 'pipeline'>,
): Promise<PipelineOfRun> {
  const plan = await services.stores.artifacts.getJson<RunPlan>(scope.plan);
  const pipeline = plan.project.pipelines[scope.pipeline];
  if (pipeline === undefined) {
    throw new UnknownPipelineError(scope.pipeline, 'The run plan does not hold it: start the run again.');
  }
  return { plan, project: plan.project, pipeline, definitionHash: plan.definitionHashes[scope.pipeline] ?? '' };
}

/** Throws `RunCancelledError` once somebody asked for the run to end. Called before every effect. */
export async function refuseCancelled(services: ActivityServices, runId: string): Promise<void> {
  if (await services.stores.runs.isCancelRequested(runId)) throw new RunCancelledError();
}

/** Opens the source of a pipeline for the work and closes it whatever happens. */
export async function withSource<T>(
  services: ActivityServices,
  { project, pipeline }: Pick<PipelineOfRun, 'project' | 'pipeline'>,
  work: (source: Source) => Promise<T>,
): Promise<T> {
  const source = await services.openSource(project, pipeline.source.connection);
  try {
    return await work(source);
  } finally {
    await source.close();
  }
}

/** Opens the target of a pipeline for the work and closes it whatever happens. */
export async function withTarget<T>(
  services: ActivityServices,
  { project, pipeline }: Pick<PipelineOfRun, 'project' | 'pipeline'>,
  work: (target: Target) => Promise<T>,
): Promise<T> {
  const target = await services.openTarget(project, pipeline.target.connection);
  try {
    return await work(target);
  } finally {
    await target.close();
  }
}
