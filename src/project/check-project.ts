import { inOrder, referenceFilesOf, type LoadedProject } from '../config/load-project';
import { withParameters, type ParameterValue } from '../config/parameters';
import { planLevels } from '../config/plan-levels';
import type { Problem, Project } from '../config/project';
import type { ReferenceContents } from '../config/reference-files';
import type { PipelineConfig } from '../config/schema/pipeline';
import type { Engine, EngineSession } from '../engine/engine-session';
import type { Column } from '../model/column';
import { bindPipeline } from '../steps/transform/bind-pipeline';
import type { Lineage } from '../steps/transform/lineage/lineage-types';
import { referencesOf } from '../steps/transform/references-of';
import { checkColumnNames, type FoundProblem } from './check-column-names';
import { checkReferenceFiles } from './check-reference-files';
import { declaredInputColumns } from './input-columns';
import { parameterStandIns } from './parameter-stand-ins';

/** A pipeline bound to its columns. */
export interface CheckedPipeline {
  /** Columns that the target gets; null when they depend on what the source holds, or something is wrong. */
  readonly columns: readonly Column[] | null;
  /** The transform's SQL step by step; empty when columns are not known. */
  readonly sql: readonly string[];
  /** Where its columns come from; null unless that was asked for and they are known. */
  readonly lineage: Lineage | null;
}

export interface CheckedProject {
  /** Null when any problem is an error. */
  readonly project: Project | null;
  /** Those of loading and those of checking, by file, line and column. */
  readonly problems: readonly Problem[];
  readonly pipelines: Readonly<Record<string, CheckedPipeline>>;
}

/** What is known beyond the files. */
export interface Known {
  /** Columns as the source really has them, by pipeline. */
  readonly input?: Readonly<Record<string, readonly Column[]>>;
  /** Values of parameters, in place of defaults. */
  readonly parameters?: Readonly<Record<string, ParameterValue>>;
  /** Whether to follow where columns come from. */
  readonly lineage?: boolean;
}

/**
 * Checks every expression, column and type of a loaded project with the engine, in the order of `dependsOn`, so that
 * lookups know the columns of what they read. Runs nothing and reads no data
 * but reference files. Parameters stand in with their defaults.
 */
export async function checkProject(loaded: LoadedProject, engine: Engine, known: Known = {}): Promise<CheckedProject> {
  const { partial } = loaded;
  const checked: Record<string, CheckedPipeline> = {};
  const problems: Problem[] = [];
  await engine.use(async (session) => {
    for (const name of planLevels(partial, 'all').flat()) {
      const pipeline = partial.pipelines[name];
      if (pipeline === undefined) continue;
      const { result, found } = await checkOne(pipeline, checked, session, known, referenceFilesOf(loaded, name));
      checked[name] = result;
      problems.push(...found.map((problem) => located(problem, name, loaded)));
    }
  });
  const all = inOrder([...loaded.problems, ...problems]);
  return { project: all.some(isError) ? null : loaded.project, problems: all, pipelines: checked };
}

async function checkOne(
  pipeline: PipelineConfig,
  checked: Readonly<Record<string, CheckedPipeline>>,
  session: EngineSession,
  known: Known,
  files: ReferenceContents,
): Promise<{ result: CheckedPipeline; found: FoundProblem[] }> {
  const resolved = withParameters(pipeline, { ...parameterStandIns(pipeline), ...known.parameters });
  const inputColumns = known.input?.[pipeline.pipeline] ?? declaredInputColumns(resolved);
  const read = await checkReferenceFiles(resolved, files, session);
  const references = Object.fromEntries(
    referencesOf(resolved).map(({ pipeline: id, file }) => [
      id,
      (file === undefined ? checked[id]?.columns : read.columns[id]) ?? null,
    ]),
  );
  const bound = await bindPipeline({
    pipeline: resolved,
    inputColumns,
    references,
    session,
    lineage: known.lineage ?? false,
  });
  const found: FoundProblem[] = [...read.problems, ...bound.problems];
  const made = bound.links.filter((link) => link.reshape !== null).map((link) => link.columns);
  if (bound.problems.length === 0) found.push(...checkColumnNames(resolved, inputColumns, bound.columns, made));
  return { result: { columns: bound.columns, sql: bound.sql, lineage: bound.lineage }, found };
}

function located(problem: FoundProblem, pipeline: string, { locate }: LoadedProject): Problem {
  const { file, line, column, value } = locate(pipeline, problem.path);
  const { path, code, message, fix } = problem;
  return { file, line, column, path, code, message, value: value ?? problem.value, fix, severity: 'error' };
}

function isError({ severity }: Problem): boolean {
  return severity === 'error';
}
