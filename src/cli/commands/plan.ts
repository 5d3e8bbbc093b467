import { resolve } from 'node:path';
import { checkProject } from '../../project/check-project';
import { referenceHashes } from '../../config/reference-files';
import type { ParameterValue } from '../../config/parameters';
import { versionHash } from '../../config/version-hash';
import { reviewedTarget } from '../../steps/reviewed';
import { parseParameters } from '../../project/parse-parameters';
import type { PipelinePreview } from '../../project/pipeline-preview';
import { previewPipeline } from '../../project/preview-pipeline';
import type { Problem } from '../../config/project';
import type { CliContext, Command } from '../cli-context';
import { startEmbeddedServices } from '../embedded-services';
import { openProject } from '../open-project';
import {
  PARAMETER_FLAG_HELP,
  parseProjectArguments,
  PROJECT_FLAGS_HELP,
  type ProjectArguments,
} from '../parse-arguments';
import { createPlanFile, writePlanFile, type PlanFile } from '../plan-file';
import { previewConnections } from '../preview-connections';
import { renderPreview } from '../render/render-preview';
import { countProblems, renderProblems } from '../render/render-problems';
import { smallEngine } from '../small-engine';
import { UsageError } from '../usage-error';

/** `sluice plan <pipeline>`: what a run would do, before it does it. */
export const plan: Command = {
  name: 'plan',
  summary: 'show what a run of a pipeline would do: order, partitions, target schema and SQL',
  help: `sluice plan <pipeline> [flags]

Shows the order in which the master reaches the pipeline, the files and partitions that the next run would take, the
columns of the target beside the table as it is, and the SQL of every step. Changes nothing.

Storage and database are those of the settings: the environment, then .sluice/local.settings.json, which npm start and
npm run demo write. Where these embedded services are not running, they are started for the plan and ended after it. What
cannot be reached is left out, with the reason.

With --out the plan is written to a file that sluice apply takes: it pins the definition, its parameters and the environment, and where they were reached the files that would be
taken, or where the cursor begins, and the columns of the target. What was reviewed is then run, or nothing.

      --out <file>           write the plan there, as JSON

${PARAMETER_FLAG_HELP}
${PROJECT_FLAGS_HELP}
`,
  async run(context) {
    const { out, rest } = outFlag(context.args);
    const args = parseProjectArguments(rest, 1);
    const [name] = args.positionals;
    if (name === undefined) throw new UsageError('name the pipeline');
    const outcome = await planWithServices(context, args, name);
    const { preview, problems, folder } = outcome;
    const isValid = !problems.some(({ severity }) => severity === 'error');
    const file = out === null || !isValid ? null : planFileOf(outcome);
    if (file !== null && out !== null) writePlanFile(resolve(context.workingFolder, out), file);
    if (args.json) context.out(`${JSON.stringify({ problems, preview }, null, 2)}\n`);
    else {
      if (preview !== null) context.out(renderPreview(preview));
      if (problems.length > 0) context.out(`${preview === null ? '' : '\n'}${renderProblems(problems)}\n`);
      if (preview === null) context.out(`${countProblems(problems)} in ${folder}: nothing to plan.\n`);
    }
    if (file !== null && out !== null) context.err(wroteText(out, file));
    return isValid ? 0 : 1;
  },
};

/** `--out <file>` belongs to this command alone. */
function outFlag(args: readonly string[]): { readonly out: string | null; readonly rest: readonly string[] } {
  const at = args.findIndex((arg) => arg === '--out' || arg.startsWith('--out='));
  if (at < 0) return { out: null, rest: args };
  const glued = args[at]?.slice('--out='.length) ?? '';
  const [out, taken] = glued === '' ? [args[at + 1], 2] : [glued, 1];
  if (out === undefined || out === '' || out.startsWith('-')) throw new UsageError('--out names the file to write');
  return { out, rest: [...args.slice(0, at), ...args.slice(at + taken)] };
}

function planFileOf({ preview, version, parameters, environment }: Outcome): PlanFile | null {
  if (preview === null || version === null) return null;
  const { slice } = preview.source;
  const { current } = preview.target;
  return createPlanFile({
    pipeline: preview.pipeline,
    environment,
    version,
    parameters,
    slice: slice.reached ? slice.answer.reviewed : null,
    target: current.reached ? reviewedTarget(current.answer.columns) : null,
  });
}

function wroteText(out: string, { hash, slice, target }: PlanFile): string {
  const pinned = [
    slice === null ? 'the source was not reached, so its slice is not pinned' : `the source: ${slice.what}`,
    target === null ? 'the target was not reached, so its columns are not pinned' : `the target: ${target.what}`,
  ];
  return `Wrote ${out} (${hash.slice(0, 12)}), which pins the definition, its parameters and the environment; ${pinned.join('; ')}.\n`;
}

interface Outcome {
  readonly folder: string;
  readonly environment: string;
  readonly problems: readonly Problem[];
  /** Null when the project is invalid. */
  readonly preview: PipelinePreview | null;
  /** Of the pipeline's definition: see `versionHash`; null when the project is invalid. */
  readonly version: string | null;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
}

/** Plans, and once more with the embedded services where these are meant and do not run. */
async function planWithServices(context: CliContext, args: ProjectArguments, name: string): Promise<Outcome> {
  const first = await planOnce(context, args, name, {});
  if (first.preview === null || isReached(first.preview) || !meansEmbedded(context, first)) return first;
  context.err('The embedded services do not answer; starting them for this plan ...\n');
  const services = await startEmbeddedServices(context.appFolder, context.env);
  if (services === null) {
    context.err('They could not be started here: npm run demo makes their data, npm start keeps them running.\n');
    return first;
  }
  try {
    return await planOnce(context, args, name, services.values);
  } finally {
    await services.stop();
  }
}

function isReached({ source, target }: PipelinePreview): boolean {
  return source.slice.reached && target.current.reached;
}

/** Whoever names a storage account means that one. */
function meansEmbedded({ env }: CliContext, { environment }: Outcome): boolean {
  return environment === 'local' && env['AzureWebJobsStorage'] === undefined;
}

async function planOnce(
  context: CliContext,
  args: ProjectArguments,
  name: string,
  values: Readonly<Record<string, string>>,
): Promise<Outcome> {
  const { loaded, folder, environment, settings } = openProject(context, args, values);
  const engine = smallEngine();
  const { project, problems } = await checkProject(loaded, engine);
  if (project === null) return { folder, environment, problems, preview: null, version: null, parameters: {} };
  const connections = previewConnections(settings.env);
  const parameters = parseParameters(project, args.parameters);
  const { preview, checked } = await previewPipeline({
    loaded,
    project,
    pipeline: name,
    engine,
    connections,
    parameters,
  });
  const config = project.pipelines[name];
  const version = config === undefined ? null : versionHash(config, referenceHashes(config, loaded.referenceFiles));
  return { folder, environment, problems: checked.problems, preview, version, parameters };
}
