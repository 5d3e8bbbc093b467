import { checkPipeline } from './checks/check-pipeline';
import { checkReferences } from './checks/check-references';
import type { Location } from './definitions';
import { inOrder, type LoadedProject } from './load-project';
import type { Project } from './project';
import type { ReferenceContents } from './reference-files';
import type { PipelineConfig } from './schema/pipeline';
import { parsePath, type YamlPath } from './yaml/yaml-path';

/** A definition that is kept elsewhere than in the folder. */
export interface StoredDefinition {
  readonly definition: PipelineConfig;
  /** What problems call its file. */
  readonly label: string;
  /** What its reference files held. */
  readonly referenceFiles: ReferenceContents;
}

/**
 * The project with stored definitions in place of those of the folder, by pipeline, and with its problems found anew. The folder must
 * have been without errors.
 */
export function withDefinitions(
  loaded: LoadedProject,
  stored: Readonly<Record<string, StoredDefinition>>,
): LoadedProject {
  const definitions = Object.entries(stored).map(([name, { definition }]) => [name, definition] as const);
  const partial: Project = {
    ...loaded.partial,
    pipelines: { ...loaded.partial.pipelines, ...Object.fromEntries(definitions) },
  };
  const locate = (pipeline: string, path: string | YamlPath): Location => {
    const kept = Object.hasOwn(stored, pipeline) ? stored[pipeline] : undefined;
    return kept === undefined
      ? loaded.locate(pipeline, path)
      : { file: kept.label, line: 1, column: 1, value: valueAt(kept.definition, path) };
  };
  const problems = inOrder([
    ...checkReferences({
      project: partial,
      pipelineNames: Object.keys(partial.pipelines),
      connectionNames: Object.keys(partial.connections),
      locate,
    }),
    ...Object.entries(partial.pipelines).flatMap(([name, pipeline]) =>
      checkPipeline(pipeline, (path) => locate(name, path)),
    ),
  ]);
  return {
    ...loaded,
    project: problems.some(({ severity }) => severity === 'error') ? null : partial,
    partial,
    problems,
    ownReferenceFiles: Object.fromEntries(
      Object.entries(stored).map(([name, { referenceFiles }]) => [name, referenceFiles]),
    ),
    locate,
  };
}

/** A scalar as text; null for anything else. */
function valueAt(definition: PipelineConfig, path: string | YamlPath): string | null {
  let value: unknown = definition;
  for (const part of typeof path === 'string' ? parsePath(path) : path) {
    if (typeof value !== 'object' || value === null) return null;
    value = (value as Readonly<Record<string | number, unknown>>)[part];
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}
