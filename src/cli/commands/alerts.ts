import type { Alert, AlertNote } from '../../model/alert';
import { didYouMean } from '../../model/closest';
import { renderTable } from '../../report/render-table';
import { API_FLAGS, API_FLAGS_HELP, apiClient } from '../api-client';
import type { CliContext, Command, ExitCode } from '../cli-context';
import { neededText } from '../needed-text';
import { onlyName } from '../only-name';
import { parseFlags } from '../parse-flags';
import { UsageError } from '../usage-error';

type Action = (context: CliContext) => Promise<ExitCode>;

const ACTIONS: Readonly<Record<string, Action>> = { list, show, ack, resolve, test };

/** `sluice alerts`: alerts of a running app. */
export const alerts: Command = {
  name: 'alerts',
  summary: 'alerts of a running app: list, show, ack, resolve, test',
  help: `sluice alerts <action> [flags]

  list                       a line for each alert, the newest first; those that are not resolved unless --state says otherwise
      --state <state>        open, acknowledged, resolved or all
      --pipeline <name>  --severity <severity>  --kind <kind>  --limit <n>
  show <alert>               what happened, the state of the data, what to do, and the timeline with every message
  ack <alert>                take it up: nobody further is told
      --note <text>
  resolve <alert>            say that it is over
      --reason <text>
  test <channel>             send a test message to a channel of alerts.yaml
${API_FLAGS_HELP}

list and show end with 1 where an alert is open; test where the message was not taken.
`,
  async run(context) {
    const [name, ...args] = context.args;
    const names = Object.keys(ACTIONS);
    if (name === undefined || name.startsWith('-')) throw new UsageError(`say what to do: ${names.join(', ')}`);
    const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
    if (action === undefined) {
      throw new UsageError(`there is no action '${name}'. ${didYouMean(name, names, 'actions').replace(/\.$/, '')}`);
    }
    return action({ ...context, args });
  },
};

type Shown = Omit<Alert, 'key'>;

async function list(context: CliContext): Promise<ExitCode> {
  const text = { type: 'string' } as const;
  const own = { state: text, pipeline: text, severity: text, kind: text, limit: text };
  const { values, positionals } = parseFlags(context.args, { ...API_FLAGS, ...own });
  if (positionals[0] !== undefined) throw new UsageError(`'${positionals[0]}' is one name too many`);
  const query = new URLSearchParams();
  const { state, pipeline, severity, kind, limit } = values;
  for (const [name, value] of Object.entries({ pipeline, severity, kind, limit })) {
    if (value !== undefined) query.set(name, value);
  }
  if (state !== undefined && state !== 'all') query.set('state', state);
  const api = apiClient(context, values.url);
  const answer = await api.request<{ alerts: readonly Shown[] }>('GET', `/alerts?${query.toString()}`);
  const found = state === undefined ? answer.alerts.filter((alert) => alert.state !== 'resolved') : answer.alerts;
  context.out(values.json ? `${JSON.stringify({ ...answer, alerts: found }, null, 2)}\n` : renderAlerts(found));
  return found.some((alert) => alert.state === 'open') ? 1 : 0;
}

async function show(context: CliContext): Promise<ExitCode> {
  const { values, positionals } = parseFlags(context.args, API_FLAGS);
  const id = onlyName(positionals, 'name the alert');
  const path = `/alerts/${encodeURIComponent(id)}`;
  const alert = await apiClient(context, values.url).request<Shown & { timeline: readonly AlertNote[] }>('GET', path);
  context.out(values.json ? `${JSON.stringify(alert, null, 2)}\n` : renderAlert(alert));
  return alert.state === 'open' ? 1 : 0;
}

async function ack(context: CliContext): Promise<ExitCode> {
  const { values, positionals } = parseFlags(context.args, { ...API_FLAGS, note: { type: 'string' } } as const);
  const id = onlyName(positionals, 'name the alert');
  return change(context, values, `/alerts/${encodeURIComponent(id)}/acknowledge`, { note: values.note ?? '' });
}

async function resolve(context: CliContext): Promise<ExitCode> {
  const { values, positionals } = parseFlags(context.args, { ...API_FLAGS, reason: { type: 'string' } } as const);
  const id = onlyName(positionals, 'name the alert');
  const reason = neededText(values.reason, 'say why with --reason');
  return change(context, values, `/alerts/${encodeURIComponent(id)}/resolve`, { reason });
}

async function change(
  context: CliContext,
  { url, json }: { readonly url?: string | undefined; readonly json: boolean },
  path: string,
  body: object,
): Promise<ExitCode> {
  const alert = await apiClient(context, url).request<Shown>('POST', path, body);
  const who = alert.resolved ?? alert.acknowledged;
  const said = `${alert.id} is ${alert.state}${who === null ? '' : `, by ${who.by} at ${who.at}`}.\n`;
  context.out(json ? `${JSON.stringify(alert, null, 2)}\n` : said);
  return 0;
}

async function test(context: CliContext): Promise<ExitCode> {
  const { values, positionals } = parseFlags(context.args, API_FLAGS);
  const channel = onlyName(positionals, 'name the channel');
  const path = `/alerts/test/${encodeURIComponent(channel)}`;
  const answer = await apiClient(context, values.url).request<{ detail: string | null }>('POST', path, {});
  const more = answer.detail === null ? '' : ` (${answer.detail})`;
  context.out(values.json ? `${JSON.stringify(answer, null, 2)}\n` : `${channel} took the message${more}.\n`);
  return 0;
}

function renderAlerts(found: readonly Shown[]): string {
  if (found.length === 0) return 'There are no such alerts.\n';
  const columns = ['Alert', 'State', 'Severity', 'Since', 'Times', 'Title'].map((heading) => ({ heading }));
  const rows = found.map(({ id, state, severity, firstAt, count, title }) => [
    id,
    state,
    severity,
    `${firstAt.slice(0, 16)}Z`,
    String(count),
    title,
  ]);
  return `${renderTable(columns, rows).join('\n')}\n`;
}

function renderAlert(alert: Shown & { readonly timeline: readonly AlertNote[] }): string {
  const { id, state, severity, title, what, data, todo, runId, runbook, owner, timeline } = alert;
  const lines = [
    `${title}`,
    `${id}, ${state}, ${severity}`,
    '',
    `What happened  ${what}`,
    `The data       ${data}`,
    `What to do     ${todo}`,
    ...(runId === null ? [] : [`Run            ${runId}`]),
    ...(runbook === null ? [] : [`Runbook        ${runbook}`]),
    ...(owner === null ? [] : [`Owner          ${owner}`]),
    '',
    ...timeline.map(({ at, event, by, text }) => `${at.slice(0, 19)}Z  ${event}, ${by}: ${text}`),
  ];
  return `${lines.join('\n')}\n`;
}
