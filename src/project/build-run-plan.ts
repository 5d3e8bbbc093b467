import { definitionHash } from '../config/definition-hash';
import { withParameters, type ParameterValue } from '../config/parameters';
import { planLevels } from '../config/plan-levels';
import type { Project, RunPlan } from '../config/project';
import { referenceFilesOf, type LoadedProject } from '../config/load-project';
import { referenceHashes, type ReferenceContents } from '../config/reference-files';
import type { PipelineConfig } from '../config/schema/pipeline';
import { formatPath } from '../config/yaml/yaml-path';
import { InvalidParametersError } from '../errors/invalid-parameters-error';
import type { BlobRef } from '../model/artifact';
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

/** What a plan is made of beside the project: its reference files, and the versions of its definitions where these are kept. */
export interface RunMaterial extends Partial<Pick<LoadedProject, 'referenceFiles' | 'ownReferenceFiles'>> {
  readonly versions?: Readonly<Record<string, string>>;
}

/**
 * Decides what a run does: levels, parameters put into the definitions, and their hashes. The plan's project holds every
 * connection, and the pipelines that run together with those that their lookups read. The caller stores each reference file
 * at its place in `referenceFiles` before the run starts. Throws `UnknownPipelineError` and
 * `InvalidParametersError`.
 */
export function buildRunPlan(project: Project, request: RunRequest, material: RunMaterial = {}): RunPlan {
  const levels = planLevels(project, request.pipelines, { withDependencies: request.withDependencies ?? false });
  const running = levels.flat();
  const parameters = runParameters(project, running, request.parameters ?? {});
  const pipelines: Record<string, PipelineConfig> = {};
  const hashes: Record<string, string> = {};
  const referenceFiles: Record<string, BlobRef> = {};
  const own: Record<string, Record<string, BlobRef>> = {};
  const { referenceFiles: common = {}, ownReferenceFiles = {}, versions } = material;
  for (const [name, pipeline] of Object.entries(project.pipelines)) {
    const resolved = running.includes(name) ? resolve(pipeline, parameters) : pipeline;
    pipelines[name] = resolved;
    if (!running.includes(name)) continue;
    const files = referenceFilesOf({ referenceFiles: common, ownReferenceFiles }, name);
    const read = referenceHashes(resolved, files);
    hashes[name] = definitionHash(resolved, read);
    const blobs = Object.hasOwn(ownReferenceFiles, name) ? (own[name] = {}) : referenceFiles;
    for (const file of Object.keys(read)) {
      const found = files[file];
      if (found !== undefined) blobs[file] = referenceBlob(found);
    }
  }
  return {
    environment: project.environment,
    project: { ...project, pipelines },
    levels,
    parameters,
    maxParallel: request.maxParallel ?? DEFAULT_MAX_PARALLEL,
    definitionHashes: hashes,
    ...(Object.keys(referenceFiles).length > 0 && { referenceFiles }),
    ...(Object.keys(own).length > 0 && { ownReferenceFiles: own }),
    ...(versions !== undefined && {
      versions: Object.fromEntries(running.map((name) => [name, versions[name] ?? ''])),
    }),
  };
}

/** Where a reference file stands in the container of artifacts: named after its content, so that it is there once. */
export function referenceBlob({ content, sha256 }: ReferenceContents[string]): BlobRef {
  return { path: `references/${sha256}`, bytes: content.length, sha256 };
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
