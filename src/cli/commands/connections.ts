import { testConnection } from '../../connectors/test-connection';
import type { ConnectionTest } from '../../model/connection-test';
import type { Command } from '../cli-context';
import { openProject } from '../open-project';
import { parseProjectArguments, PROJECT_FLAGS_HELP } from '../parse-arguments';
import { connectionDependencies } from '../preview-connections';
import { renderConnectionTests } from '../render/render-connection-tests';
import { countProblems, renderProblems } from '../render/render-problems';
import { UsageError } from '../usage-error';

/** `sluice connections test [name]`: what works of the connections, from this machine. */
export const connections: Command = {
  name: 'connections',
  summary: 'try the connections of the project and say what works',
  help: `sluice connections test [name] [flags]

Logs in to one connection, or to all, as the pipelines use them, and says in words what works and what to do about the rest.
Reads no rows and changes nothing. Settings and secrets are those of this machine: the environment, then
.sluice/local.settings.json, which npm start and npm run demo write. Ends with 0 when all work, else with 1.

${PROJECT_FLAGS_HELP}
`,
  async run(context) {
    const args = parseProjectArguments(context.args, 2);
    const [action, name] = args.positionals;
    if (action !== 'test') throw new UsageError("write 'connections test', and a name where one is enough");
    const { loaded, folder, settings } = openProject(context, args);
    const { partial, problems } = loaded;
    const names = name === undefined ? Object.keys(partial.connections) : [name];
    if (names.length === 0) {
      context.out(`${renderProblems(problems)}\n${countProblems(problems)} in ${folder}: no connection to test.\n`);
      return 1;
    }
    const dependencies = connectionDependencies(settings.env);
    const tests: ConnectionTest[] = [];
    for (const each of names) tests.push(await testConnection(partial, each, dependencies));
    const works = tests.every((test) => test.works);
    if (args.json) context.out(`${JSON.stringify({ works, connections: tests }, null, 2)}\n`);
    else context.out(renderConnectionTests(tests));
    return works ? 0 : 1;
  },
};
