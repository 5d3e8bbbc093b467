import { checkProject } from '../../project/check-project';
import type { Command } from '../cli-context';
import { openProject } from '../open-project';
import { parseProjectArguments, PROJECT_FLAGS_HELP } from '../parse-arguments';
import { countProblems, plural, renderProblems } from '../render/render-problems';
import { smallEngine } from '../small-engine';

/** `sluice validate`: every problem of a pipelines folder, without reading any data but reference files. */
export const validate: Command = {
  name: 'validate',
  summary: 'check the pipelines folder: keys, types, references, columns and SQL expressions',
  help: `sluice validate [flags]

Checks the pipelines folder and prints every problem with file, line, column, value and fix. Reads no data and needs no
service. Ends with 0 when there is no error, else with 1.

${PROJECT_FLAGS_HELP}
`,
  async run(context) {
    const args = parseProjectArguments(context.args, 0);
    const { loaded, folder, environment } = openProject(context, args);
    const { project, problems, pipelines } = await checkProject(loaded, smallEngine());
    const names = Object.keys(loaded.partial.pipelines);
    if (args.json) {
      const report = {
        valid: project !== null,
        folder,
        environment,
        problems,
        pipelines: Object.fromEntries(names.map((name) => [name, { columns: pipelines[name]?.columns ?? null }])),
      };
      context.out(`${JSON.stringify(report, null, 2)}\n`);
    } else {
      if (problems.length > 0) context.out(`${renderProblems(problems)}\n`);
      const where = `${folder}, environment ${environment}`;
      if (project === null) context.out(`${countProblems(problems)} in ${where}.\n`);
      else context.out(`${plural(names.length, 'pipeline')} valid in ${where}: ${names.join(', ')}.\n`);
    }
    return project === null ? 1 : 0;
  },
};
