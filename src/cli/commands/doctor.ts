import { testConnection } from '../../connectors/test-connection';
import { InvalidSettingsError } from '../../errors/invalid-settings-error';
import { examinationOf, type Examination } from '../../model/diagnosis';
import { identityTokenOf } from '../../platform/database-token';
import { knowSecret } from '../../observability/known-secrets';
import { createSecretResolver } from '../../platform/secrets/create-secret-resolver';
import { examine } from '../../platform/doctor/examine';
import { examineExposure } from '../../platform/doctor/examine-exposure';
import { readSettings, type Settings } from '../../platform/settings';
import { secretNamesOf } from '../../project/roles/secret-needs';
import { apiClient, API_FLAGS } from '../api-client';
import type { CliContext, Command } from '../cli-context';
import { openProject } from '../open-project';
import { parseFlags } from '../parse-flags';
import { connectionDependencies } from '../preview-connections';
import { renderExamination } from '../render/render-examination';
import { UsageError } from '../usage-error';

/** `sluice doctor`: what works of everything that the app needs, and what to do about the rest. */
export const doctor: Command = {
  name: 'doctor',
  summary: 'try everything that the app needs, and say what to do about what does not work',
  help: `sluice doctor [flags]

Without --url: from this machine, with its settings (the environment, then .sluice/local.settings.json): settings, host.json, versions, the
storage account with each permission tried, the clock, secrets and when they end, each connection, the pipelines folder. What is tried is taken
away again; nothing is loaded.

With --url: a running app tries all that from where it runs, by its own identity, and looks through its audit trail; and from here somebody
without a key, and somebody who makes up a principal, knock at its API. Takes the role operator.

      --all                  what works, too; else only what does not, and how much works
      --folder <folder>      the pipelines folder
      --env <name>           the environment: its overlay, else SLUICE_ENVIRONMENT
      --url <address>        the API of an app, such as https://<app>.azurewebsites.net/api; a function key is taken from
                             SLUICE_FUNCTION_KEY, a token of Entra from SLUICE_ACCESS_TOKEN
      --json                 the result as JSON on standard output
  -h, --help                 this text

Ends with 1 where something has failed; warnings alone end with 0.
`,
  async run(context) {
    const text = { type: 'string' } as const;
    const own = { all: { type: 'boolean', default: false }, folder: text, env: text } as const;
    const { values, positionals } = parseFlags(context.args, { ...API_FLAGS, ...own });
    if (positionals.length > 0) throw new UsageError(`'${positionals[0]}' is one name too many`);
    const { url, folder, env } = values;
    const examination =
      url === undefined
        ? await examineHere(context, { ...(folder !== undefined && { folder }), ...(env !== undefined && { env }) })
        : await examineApp(context, url);
    context.out(values.json ? `${JSON.stringify(examination, null, 2)}\n` : renderExamination(examination, values.all));
    return examination.healthy ? 0 : 1;
  },
};

async function examineHere(
  context: CliContext,
  given: { readonly folder?: string; readonly env?: string },
): Promise<Examination> {
  const { loaded, settings } = openProject(context, {
    folder: undefined,
    env: undefined,
    ...given,
    json: false,
    positionals: [],
    parameters: [],
  });
  const { partial, problems } = loaded;
  const deps = connectionDependencies(settings.env);
  const usable = settingsIn(settings.env, context.appFolder);
  const secrets = createSecretResolver({
    env: settings.env,
    keyVaultUri: usable?.keyVaultUri ?? null,
    hide: knowSecret,
    ...(usable !== null && { file: usable.secretsFile }),
  });
  const of = (severity: string): number => problems.filter((problem) => problem.severity === severity).length;
  return examine({
    env: settings.env,
    settings: usable,
    appFolder: context.appFolder,
    orchestrationVersion: null,
    api: null,
    nowMs: () => Date.now(),
    token: (scope) => identityTokenOf(settings.env, scope),
    connections: Object.keys(partial.connections),
    testConnection: (name) => testConnection(partial, name, deps),
    secretExpiries: () => secrets.expiries(secretNamesOf(partial)),
    problems: () => Promise.resolve({ errors: of('error'), warnings: of('warning') }),
    audit: null,
  });
}

async function examineApp(context: CliContext, url: string): Promise<Examination> {
  const said = await apiClient(context, url).request<Examination>('GET', '/health/details');
  return examinationOf([...said.findings, ...(await examineExposure(url))], said.at);
}

/** Null where they cannot be used, which is a finding of its own. */
function settingsIn(env: NodeJS.ProcessEnv, appFolder: string): Settings | null {
  try {
    return readSettings(env, appFolder);
  } catch (error) {
    if (error instanceof InvalidSettingsError) return null;
    throw error;
  }
}
