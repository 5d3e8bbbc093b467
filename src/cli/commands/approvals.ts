import { didYouMean } from '../../model/closest';
import type { Failure } from '../../model/failure';
import { renderTable } from '../../report/render-table';
import { API_FLAGS, API_FLAGS_HELP, apiClient } from '../api-client';
import type { CliContext, Command, ExitCode } from '../cli-context';
import { neededText } from '../needed-text';
import { onlyName } from '../only-name';
import { parseFlags } from '../parse-flags';
import { pollUntil } from '../poll-until';
import { renderVersionChanges, type ShownChanges } from '../render/render-version-changes';
import { UsageError } from '../usage-error';
import type { ShownApproval } from '../waiting-approval';

interface Approval extends ShownApproval {
  readonly decision: { readonly by: string; readonly at: string; readonly reason: string } | null;
  readonly end: { readonly result: Readonly<Record<string, string | number>>; readonly failure: Failure | null } | null;
  readonly changes?: readonly (ShownChanges & { readonly pipeline: string; readonly before: string | null })[];
}

const DECISIONS = ['approve', 'reject', 'withdraw'] as const;
const ACTIONS: readonly string[] = ['list', 'show', ...DECISIONS];

/** `sluice approvals list|show|approve|reject|withdraw`: what waits for somebody else's word. */
export const approvals: Command = {
  name: 'approvals',
  summary: 'see what waits for an approval, and decide: list, show, approve, reject, withdraw',
  help: `sluice approvals list [flags]
sluice approvals show <approval> [flags]
sluice approvals approve|reject|withdraw <approval> --reason <text> [flags]

What an environment does only once somebody else has approved it: changed definitions, undo, backfills, releases of many rows. show tells what would change. Whoever asked for
something cannot approve it. The first decision stands; what nobody decides about expires. approve waits until what follows was begun, and ends with 1 where it could not be.

      --state <state>        with list: waiting, approved, done, failed, rejected, expired or withdrawn
      --limit <n>            with list: 1 to 100; 20 unless given
      --reason <text>        with a decision: why; it stands in the audit trail
${API_FLAGS_HELP}
`,
  async run(context) {
    const [name, ...args] = context.args;
    if (name === undefined || name.startsWith('-')) throw new UsageError(`say what to do: ${ACTIONS.join(', ')}`);
    if (name === 'list') return list({ ...context, args });
    if (name === 'show') return show({ ...context, args });
    const decision = DECISIONS.find((one) => one === name);
    if (decision !== undefined) return decide({ ...context, args }, decision);
    throw new UsageError(`there is no action '${name}'. ${didYouMean(name, ACTIONS, 'actions').replace(/\.$/, '')}`);
  },
};

async function list(context: CliContext): Promise<ExitCode> {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseFlags(context.args, { ...API_FLAGS, state: text, limit: text } as const);
  if (positionals.length > 0) throw new UsageError(`'${positionals[0] ?? ''}' is one name too many`);
  const query = new URLSearchParams();
  for (const key of ['state', 'limit'] as const) if (values[key] !== undefined) query.set(key, values[key]);
  const answer = await apiClient(context, values.url).request<{ approvals: readonly Approval[] }>(
    'GET',
    `/approvals?${query.toString()}`,
  );
  const headings = ['Approval', 'State', 'Asked', 'By', 'Until', 'What'].map((heading) => ({ heading }));
  const rows = answer.approvals.map(({ approval, state, requestedAt, requester, deadlineAt, summary }) => [
    approval,
    state,
    `${requestedAt.slice(0, 16)}Z`,
    requester,
    state === 'waiting' ? `${deadlineAt.slice(0, 16)}Z` : '',
    summary,
  ]);
  const shown = rows.length === 0 ? 'Nothing waits for an approval.\n' : `${renderTable(headings, rows).join('\n')}\n`;
  context.out(values.json ? `${JSON.stringify(answer, null, 2)}\n` : shown);
  return 0;
}

async function show(context: CliContext): Promise<ExitCode> {
  const { values, positionals } = parseFlags(context.args, API_FLAGS);
  const id = onlyName(positionals, 'name the approval: sluice approvals list shows them');
  const found = await apiClient(context, values.url).request<Approval>('GET', `/approvals/${encodeURIComponent(id)}`);
  context.out(values.json ? `${JSON.stringify(found, null, 2)}\n` : rendered(found));
  return 0;
}

async function decide(context: CliContext, decision: (typeof DECISIONS)[number]): Promise<ExitCode> {
  const { values, positionals } = parseFlags(context.args, { ...API_FLAGS, reason: { type: 'string' } } as const);
  const id = onlyName(positionals, 'name the approval: sluice approvals list shows them');
  const reason = neededText(values.reason, 'say why with --reason');
  const api = apiClient(context, values.url);
  const address = `/approvals/${encodeURIComponent(id)}`;
  await api.request('POST', `${address}/decision`, { decision, reason });
  const ask = () => api.request<Approval>('GET', address);
  const found = await (decision === 'approve' ? pollUntil(ask, ({ state }) => state !== 'approved') : ask());
  context.out(values.json ? `${JSON.stringify(found, null, 2)}\n` : rendered(found));
  return found.state === 'failed' ? 1 : 0;
}

function rendered(approval: Approval): string {
  const { approval: id, state, summary, environment, requester, requestedAt, deadlineAt, reason } = approval;
  const { decision, end, changes = [] } = approval;
  const time = (at: string): string => `${at.slice(0, 19)}Z`;
  const result = Object.entries(end?.result ?? {}).map(([name, value]) => `${name} ${value}`);
  return [
    `${id}: ${state}`,
    `  ${summary}, in ${environment}`,
    `  asked for by ${requester} at ${time(requestedAt)}: ${reason}`,
    ...(decision === null
      ? [`  waits until ${time(deadlineAt)}`]
      : [`  decided by ${decision.by} at ${time(decision.at)}: ${decision.reason}`]),
    ...(result.length === 0 ? [] : [`  begun: ${result.join(', ')}`]),
    ...(end?.failure ? [`  ${end.failure.message} [${end.failure.code}]`, `  ${end.failure.nextAction}`] : []),
    ...changes.flatMap(({ pipeline, before, ...its }) => [
      `${pipeline}, ${before === null ? 'which has no approved version yet' : `beside ${before.slice(0, 12)}`}:`,
      renderVersionChanges(its).trimEnd(),
    ]),
  ]
    .map((line) => `${line}\n`)
    .join('');
}
