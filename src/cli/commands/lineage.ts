import { UnknownPipelineError } from '../../errors/unknown-pipeline-error';
import { didYouMean } from '../../model/closest';
import { checkProject } from '../../project/check-project';
import { pipelineLineage } from '../../project/lineage/pipeline-lineage';
import { projectLineage } from '../../project/lineage/project-lineage';
import type { Command } from '../cli-context';
import { openProject } from '../open-project';
import { PROJECT_FLAGS, PROJECT_FLAGS_HELP } from '../parse-arguments';
import { parseFlags } from '../parse-flags';
import { mermaidOfPipeline, mermaidOfProject } from '../render/render-lineage-mermaid';
import { renderPipelineLineage, renderProjectLineage } from '../render/render-lineage';
import { countProblems, renderProblems } from '../render/render-problems';
import { smallEngine } from '../small-engine';
import { UsageError } from '../usage-error';

/** `sluice lineage [pipeline]`: where columns come from, or how pipelines hang together. */
export const lineage: Command = {
  name: 'lineage',
  summary: "show where the columns of a pipeline's target come from, or how the pipelines hang together",
  help: `sluice lineage [pipeline] [flags]

Follows every column of the target back to the columns of the source and of what lookups read, step by step, from the YAML
alone: reads no data but reference files, and needs no service. Says which columns are masked, which steps decide over rows,
and 'all columns' after an sql step that cannot be followed. Without a pipeline: the graph over all pipelines, by dependsOn,
lookups, relationships and tables that one loads and another reads. Parameters stand in with their defaults. Ends with 1 when
the folder has errors, or the columns are not known before the source is read.

      --mermaid              a Mermaid flowchart on standard output
${PROJECT_FLAGS_HELP}
`,
  async run(context) {
    const { folder: given, env, json } = PROJECT_FLAGS;
    const options = { folder: given, env, json, mermaid: { type: 'boolean', default: false } } as const;
    const { values, positionals } = parseFlags(context.args, options);
    const [name, tooMany] = positionals;
    if (tooMany !== undefined) throw new UsageError(`'${tooMany}' is one name too many`);
    if (values.json && values.mermaid) throw new UsageError('choose --json or --mermaid, not both');
    const args = { folder: values.folder, env: values.env, json: values.json, parameters: [], positionals };
    const { loaded, folder } = openProject(context, args);
    const checked = await checkProject(loaded, smallEngine(), { lineage: true });
    const { project, problems } = checked;
    if (project === null) {
      if (values.json) context.out(`${JSON.stringify({ problems, lineage: null }, null, 2)}\n`);
      else context.err(`${renderProblems(problems)}\n${countProblems(problems)} in ${folder}: nothing to follow.\n`);
      return 1;
    }
    if (name === undefined) {
      const graph = projectLineage(project);
      if (values.json) context.out(`${JSON.stringify({ problems, lineage: graph }, null, 2)}\n`);
      else context.out(values.mermaid ? mermaidOfProject(graph) : renderProjectLineage(graph));
      return 0;
    }
    const pipeline = Object.hasOwn(project.pipelines, name) ? project.pipelines[name] : undefined;
    if (pipeline === undefined)
      throw new UnknownPipelineError(name, didYouMean(name, Object.keys(project.pipelines), 'pipelines'));
    const its = pipelineLineage(project, checked, pipeline);
    if (values.json) context.out(`${JSON.stringify({ problems, lineage: its }, null, 2)}\n`);
    else context.out(values.mermaid ? mermaidOfPipeline(its) : renderPipelineLineage(its));
    return its.columns === null ? 1 : 0;
  },
};
