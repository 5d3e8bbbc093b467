import type { PolicyReport } from '../../model/retention';
import { groupDigits, renderTable } from '../../report/render-table';
import { API_FLAGS, API_FLAGS_HELP, apiClient } from '../api-client';
import type { Command } from '../cli-context';
import { parseFlags } from '../parse-flags';
import { pollUntil } from '../poll-until';
import { UsageError } from '../usage-error';

interface Maintenance {
  readonly ended: boolean;
  readonly policies: readonly PolicyReport[];
  readonly reports: readonly { readonly task: string; readonly count: number }[];
  readonly failures: readonly { readonly code: string; readonly message: string }[];
}

/** `sluice maintenance [--dry-run]`: what policies of retention delete and move. */
export const maintenance: Command = {
  name: 'maintenance',
  summary: 'show what retention would delete and move, or do it now',
  help: `sluice maintenance [--dry-run] [flags]

The app keeps house every hour: closes lost runs, drops stale staging, and deletes and moves what pipelines keep no longer. With --dry-run
only what would be deleted and moved is told, by policy and pipeline. Ends with 1 where a task failed.

      --dry-run              change nothing
${API_FLAGS_HELP}
`,
  async run(context) {
    const dry = { type: 'boolean', default: false } as const;
    const { values, positionals } = parseFlags(context.args, { ...API_FLAGS, 'dry-run': dry });
    if (positionals.length > 0) throw new UsageError(`'${positionals[0] ?? ''}' is one name too many`);
    const api = apiClient(context, values.url);
    const body = { dryRun: values['dry-run'] };
    const { id } = await api.request<{ readonly id: string }>('POST', '/maintenance', body);
    const ask = () => api.request<Maintenance>('GET', `/maintenance/${id}`);
    const found = await pollUntil(ask, ({ ended }) => ended);
    context.out(values.json ? `${JSON.stringify(found, null, 2)}\n` : render(found, body.dryRun));
    return found.failures.length > 0 ? 1 : 0;
  },
};

function render({ policies, reports, failures }: Maintenance, dryRun: boolean): string {
  const columns = [
    { heading: 'Policy' },
    { heading: 'Pipeline' },
    { heading: dryRun ? 'Would' : 'Did' },
    { heading: 'Number', figures: true },
    { heading: 'MB', figures: true },
  ];
  const rows = policies.map(({ policy, pipeline, action, count, bytes }) => [
    policy,
    pipeline ?? '',
    action,
    groupDigits(count),
    (bytes / 2 ** 20).toFixed(1),
  ]);
  const table = rows.length === 0 ? 'Nothing is older than it is kept.' : renderTable(columns, rows).join('\n');
  const tasks = reports
    .filter(({ task, count }) => count > 0 && !['sweep-artifacts', 'prune-histories'].includes(task))
    .map(({ task, count }) => `${task}: ${count}\n`);
  const failed = failures.map(({ code, message }) => `failed: ${message} [${code}]\n`);
  return `${table}\n${[...tasks, ...failed].join('')}`;
}
