import { definitionHash } from '../config/definition-hash';
import { withParameters, type ParameterValue } from '../config/parameters';
import { planLevels } from '../config/plan-levels';
import type { Project, RunPlan } from '../config/project';
import type { PipelineConfig } from '../config/schema/pipeline';
import { formatPath } from '../config/yaml/yaml-path';
import { InvalidParametersError } from '../errors/invalid-parameters-error';
import { runParameters } from './run-parameters';

/** Pipelines of one level that run at the same time unless the request says otherwise. */
export const DEFAULT_MAX_PARALLEL = 4;

export interface RunRequest {
  readonly pipelines: readonly string[] | 'all';
  /** Also run what the named pipelines depend on. */
  readonly withDependencies?: boolean;
  readonly parameters?: Readonly<Record<string, ParameterValue>>;
  readonly maxParallel?: number;
}

/**
 * Decides what a run does: levels, parameters put into the definitions, and their hashes. The plan's project holds every
 * connection, and the pipelines that run together with those that their lookups read. Throws `UnknownPipelineError` and
 * `InvalidParametersError`.
 */
export function buildRunPlan(project: Project, request: RunRequest): RunPlan {
  const levels = planLevels(project, request.pipelines, { withDependencies: request.withDependencies ?? false });
  const running = levels.flat();
  const parameters = runParameters(project, running, request.parameters ?? {});
  const pipelines: Record<string, PipelineConfig> = {};
  const hashes: Record<string, string> = {};
  for (const [name, pipeline] of Object.entries(project.pipelines)) {
    const resolved = running.includes(name) ? resolve(pipeline, parameters) : pipeline;
    pipelines[name] = resolved;
    if (running.includes(name)) hashes[name] = definitionHash(resolved);
  }
  return {
    environment: project.environment,
    project: { ...project, pipelines },
    levels,
    parameters,
    maxParallel: request.maxParallel ?? DEFAULT_MAX_PARALLEL,
    definitionHashes: hashes,
  };
}

/** Values may break what the schema asks of the text around them, such as the length of a table's name. */
function resolve(pipeline: PipelineConfig, parameters: Readonly<Record<string, ParameterValue>>): PipelineConfig {
  try {
    return withParameters(pipeline, parameters);
  } catch (error) {
    const { issues = [] } = error as { readonly issues?: readonly { path: (string | number)[]; message: string }[] };
    if (issues.length === 0) throw error;
    const faults = issues.map(({ path, message }) => `${pipeline.pipeline}: ${formatPath(path)}: ${message}`);
    throw new InvalidParametersError(faults);
  }
}
