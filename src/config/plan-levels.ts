import { UnknownPipelineError } from '../errors/unknown-pipeline-error';
import { didYouMean } from '../model/closest';
import type { Levels, Project } from './project';

/**
 * The pipelines to run, in levels: each level depends on earlier ones only. Named pipelines run by themselves unless
 * `withDependencies`; those that depend on each other keep their order, also over pipelines that do not run. Throws
 * `UnknownPipelineError`. Names within a level are sorted, so that one project always gives one plan.
 */
export function planLevels(
  project: Pick<Project, 'pipelines'>,
  names: readonly string[] | 'all',
  options: { readonly withDependencies?: boolean } = {},
): Levels {
  const known = Object.keys(project.pipelines);
  const wanted = new Set(names === 'all' ? known : names);
  for (const name of wanted) {
    if (!known.includes(name)) throw new UnknownPipelineError(name, didYouMean(name, known, 'pipelines'));
  }
  const depths = new Map<string, number>();
  const depthOf = (name: string): number => {
    const found = depths.get(name);
    if (found !== undefined) return found;
    depths.set(name, 0); // ends the walk where a cycle got past validation
    const depth = Math.max(-1, ...(project.pipelines[name]?.dependsOn ?? []).map(depthOf)) + 1;
    depths.set(name, depth);
    return depth;
  };
  if (options.withDependencies === true) {
    // A set is walked in the order of insertion, so this also visits what it adds.
    for (const name of wanted) for (const other of project.pipelines[name]?.dependsOn ?? []) wanted.add(other);
  }
  const levels: string[][] = [];
  for (const name of [...wanted].toSorted()) (levels[depthOf(name)] ??= []).push(name);
  return Object.values(levels); // leaves out the depths at which nothing runs
}
