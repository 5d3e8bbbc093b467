import { eventSubscriptions } from '../../project/roles/event-subscriptions';
import { projectNeeds } from '../../project/roles/project-needs';
import type { Command } from '../cli-context';
import { openProject } from '../open-project';
import { parseProjectArguments, PROJECT_FLAGS_HELP } from '../parse-arguments';
import { settingOf } from '../read-settings';
import { countProblems, renderProblems } from '../render/render-problems';
import { renderRoles } from '../render/render-roles';

/** `sluice roles`: what the app's identity must be allowed to do. */
export const roles: Command = {
  name: 'roles',
  summary: "derive from the pipelines what the app's identity needs on which resource",
  help: `sluice roles [flags]

Says which role the app's identity needs on which resource, at the narrowest scope, and why: for the Functions host, for the
app's own state, and for what the pipelines read, load and are started by. Reads the pipelines folder only and asks no
service. The accounts are named by their app settings: SLUICE_STORAGE says which one holds the state, SLUICE_EVENT_QUEUE
that events wait in a queue. Rights in databases and web APIs are listed too; those are granted there, not in Azure.
--json adds the subscriptions of Event Grid, in the form of infra/triggers.json. Ends with 1 when the folder has errors.

${PROJECT_FLAGS_HELP}
`,
  run(context) {
    const args = parseProjectArguments(context.args, 0);
    const { loaded, folder, environment, settings } = openProject(context, args);
    const { project, problems } = loaded;
    if (project === null) {
      if (args.json)
        context.out(`${JSON.stringify({ problems, environment, roles: null, triggers: null }, null, 2)}\n`);
      else context.err(`${renderProblems(problems)}\n${countProblems(problems)} in ${folder}: nothing to derive.\n`);
      return Promise.resolve(1);
    }
    const of = {
      storage: settingOf(settings.env, 'SLUICE_STORAGE') ?? 'AzureWebJobsStorage',
      eventQueue: settingOf(settings.env, 'SLUICE_EVENT_QUEUE') ?? null,
    };
    const needs = projectNeeds(project, of, loaded.alerts);
    const triggers = eventSubscriptions(project);
    if (args.json) context.out(`${JSON.stringify({ problems, environment, roles: needs, triggers }, null, 2)}\n`);
    else context.out(renderRoles(needs));
    return Promise.resolve(0);
  },
};
