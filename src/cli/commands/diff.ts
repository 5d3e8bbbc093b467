import { compareEnvironments } from '../../config/compare-environments';
import { formatPath } from '../../config/yaml/yaml-path';
import type { Place } from '../../config/yaml/located';
import type { Command } from '../cli-context';
import { openProject } from '../open-project';
import { parseFlags } from '../parse-flags';
import { renderDifferences } from '../render/render-differences';
import { plural, renderProblems } from '../render/render-problems';
import { UsageError } from '../usage-error';

/** `sluice diff --env <name> [--from <name>]`: what an environment says otherwise, key by key. */
export const diff: Command = {
  name: 'diff',
  summary: 'show what differs between environments, key by key with file and line',
  help: `sluice diff --env <name> [--from <name>] [flags]

Shows what the pipelines folder says otherwise in an environment: connections, pipelines and guards, key by key, each side with its file and line.
Values are as they are written: neither variables nor secrets are resolved, and no service is asked. Ends with 1 where a file cannot be read.

  -e, --env <name>       the environment, one of environments/*.yaml
      --from <name>      the environment to compare it with; the files without any overlay unless given
  -f, --folder <folder>  the pipelines folder (SLUICE_PIPELINES_FOLDER, or pipelines)
      --json             the result as JSON on standard output
  -h, --help             this text
`,
  run(context) {
    const text = { type: 'string' } as const;
    const options = { env: { ...text, short: 'e' }, folder: { ...text, short: 'f' }, from: text, json: { type: 'boolean', default: false } } as const; // prettier-ignore
    const { values, positionals } = parseFlags(context.args, options);
    if (positionals.length > 0) throw new UsageError(`'${positionals[0] ?? ''}' is one name too many`);
    if (values.env === undefined) throw new UsageError('name the environment with --env');
    const { env: to, from = null, folder: given } = values;
    const { folder } = openProject(context, { folder: given, env: to, json: values.json, parameters: [], positionals });
    const { differences, problems } = compareEnvironments(folder, from, to);
    if (values.json) {
      const shown = differences.map((one) => ({ ...one, path: formatPath(one.path) }));
      context.out(`${JSON.stringify({ folder, from, to, differences: shown, problems }, null, 2)}\n`);
    } else {
      const where = differences.map((one) => ({ ...one, where: { before: placed(one.from), after: placed(one.to) } }));
      context.out(renderDifferences(where));
      if (problems.length > 0) context.out(`${renderProblems(problems)}\n`);
      const base = from ?? 'the files without an overlay';
      const count = differences.length === 0 ? 'nothing differs' : plural(differences.length, 'difference');
      // What could not be read may differ in anything.
      const verdict = problems.length > 0 && differences.length === 0 ? 'cannot say what differs' : count;
      context.out(`${folder}: ${verdict} between ${base} and ${to}.\n`);
    }
    return Promise.resolve(problems.length > 0 ? 1 : 0);
  },
};

function placed(place: Place | null): string | null {
  return place === null ? null : `${place.file}:${place.line}`;
}
