import { didYouMean } from '../../model/closest';
import type { LoadedProject } from '../../config/load-project';
import { withParameters, type ParameterValue } from '../../config/parameters';
import type { Project } from '../../config/project';
import type { Engine } from '../../engine/engine-session';
import { UnknownPipelineError } from '../../errors/unknown-pipeline-error';
import { checkProject } from '../../project/check-project';
import { parameterStandIns } from '../../project/parameter-stand-ins';
import { parseParameters } from '../../project/parse-parameters';
import { readReferences } from '../../project/read-references';
import { runUnitTests } from '../../steps/unit-tests/run-unit-tests';
import type { UnitTestResult } from '../../steps/unit-tests/unit-test-result';
import type { Command } from '../cli-context';
import { openProject } from '../open-project';
import { PARAMETER_FLAG_HELP, parseProjectArguments, PROJECT_FLAGS_HELP } from '../parse-arguments';
import { countProblems, plural, renderProblems } from '../render/render-problems';
import { renderUnitTests } from '../render/render-unit-tests';
import { smallEngine } from '../small-engine';

/** The outcome of one example, with the place where it stands. */
export interface PlacedResult extends UnitTestResult {
  readonly pipeline: string;
  readonly file: string;
  readonly line: number;
}

/** `sluice test [pipeline]`: the examples in the pipelines' YAML. */
export const test: Command = {
  name: 'test',
  summary: "run the examples in the pipelines' unitTests through their steps and checks",
  help: `sluice test [pipeline] [flags]

Runs the unitTests of one pipeline, or of all, through the real steps and checks, and compares what comes out with what they
say. Needs no service. Parameters have their defaults unless they are given. Ends with 0 when all pass, else with 1.

${PARAMETER_FLAG_HELP}
${PROJECT_FLAGS_HELP}
`,
  async run(context) {
    const args = parseProjectArguments(context.args, 1);
    const { loaded, folder } = openProject(context, args);
    const engine = smallEngine();
    const { project, problems } = await checkProject(loaded, engine);
    if (project === null) {
      if (args.json) context.out(`${JSON.stringify({ passed: false, problems, tests: [] }, null, 2)}\n`);
      else context.out(`${renderProblems(problems)}\n${countProblems(problems)} in ${folder}: nothing was run.\n`);
      return 1;
    }
    const parameters = parseParameters(project, args.parameters);
    const tests = await runAll(project, loaded, { only: args.positionals[0], parameters }, engine);
    const failed = tests.filter(({ passed }) => !passed).length;
    if (args.json) context.out(`${JSON.stringify({ passed: failed === 0, problems, tests }, null, 2)}\n`);
    else {
      context.out(renderUnitTests(tests));
      context.out(`${plural(tests.length - failed, 'test')} passed, ${failed} failed.\n`);
    }
    return failed === 0 ? 0 : 1;
  },
};

async function runAll(
  project: Project,
  loaded: LoadedProject,
  { only, parameters }: { readonly only: string | undefined; readonly parameters: Record<string, ParameterValue> },
  engine: Engine,
): Promise<PlacedResult[]> {
  const names = Object.keys(project.pipelines);
  if (only !== undefined && !names.includes(only))
    throw new UnknownPipelineError(only, didYouMean(only, names, 'pipelines'));
  const results: PlacedResult[] = [];
  for (const pipeline of Object.values(project.pipelines)) {
    const name = pipeline.pipeline;
    if (only !== undefined && only !== name) continue;
    const resolved = withParameters(pipeline, { ...parameterStandIns(pipeline), ...parameters });
    for (const result of await engine.use(async (session) =>
      runUnitTests(resolved, session, await readReferences(resolved, loaded.referenceFiles, session)),
    )) {
      const { file, line } = loaded.locate(name, result.path);
      results.push({ ...result, pipeline: name, file, line });
    }
  }
  return results;
}
