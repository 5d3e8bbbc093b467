import type { RunRecord } from '../../durable/contracts/run-record';
import { formatDuration, groupDigits, renderTable } from '../../report/render-table';
import { API_FLAGS, API_FLAGS_HELP, apiClient } from '../api-client';
import type { Command } from '../cli-context';
import { followRun, showRun } from '../follow-run';
import { parseFlags } from '../parse-flags';
import { UsageError } from '../usage-error';

interface RunsPage {
  readonly runs: readonly RunRecord[];
  readonly continuation: string | null;
}

/** `sluice runs [id]`: the newest runs of a running app, or one of them in full. */
export const runs: Command = {
  name: 'runs',
  summary: 'list the newest runs of a running app, or show one in full',
  help: `sluice runs [<run>] [flags]

Without a run: a line for each of the newest, the newest first; times are UTC. With one: its rows, checks, lookups, verification, quarantine and
failures, and what to do about them; ends with 1 where it failed or was cancelled.

      --follow               wait until the run has ended, and show its progress
      --status <status>      only runs that are Queued, InProgress, Succeeded, Failed, Cancelled or Skipped
      --pipeline <name>      only runs of a pipeline
      --limit <n>            1 to 100; 20 unless given
${API_FLAGS_HELP}
`,
  async run(context) {
    const text = { type: 'string' } as const;
    const own = { status: text, pipeline: text, limit: text, follow: { type: 'boolean', default: false } } as const;
    const { values, positionals } = parseFlags(context.args, { ...API_FLAGS, ...own });
    const [runId, tooMany] = positionals;
    if (tooMany !== undefined) throw new UsageError(`'${tooMany}' is one name too many`);
    const api = apiClient(context, values.url);
    if (runId !== undefined) {
      if (values.follow) return showRun(context, await followRun(context, api, runId), values.json);
      return showRun(context, await api.request<RunRecord>('GET', `/runs/${encodeURIComponent(runId)}`), values.json);
    }
    if (values.follow) throw new UsageError('name the run to follow');
    const { status, pipeline, limit } = values;
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries({ status, pipeline, limit })) {
      if (value !== undefined) query.set(name, value);
    }
    const page = await api.request<RunsPage>('GET', `/runs?${query.toString()}`);
    context.out(values.json ? `${JSON.stringify(page, null, 2)}\n` : renderRuns(page.runs));
    return 0;
  },
};

function renderRuns(records: readonly RunRecord[]): string {
  if (records.length === 0) return 'There are no such runs.\n';
  const columns = [
    { heading: 'Run' },
    { heading: 'Status' },
    { heading: 'Requested' },
    { heading: 'Time', figures: true },
    { heading: 'Read', figures: true },
    { heading: 'Loaded', figures: true },
    { heading: 'Quarantined', figures: true },
    { heading: 'Started by' },
    { heading: 'Pipelines' },
  ];
  const rows = records.map(({ runId, status, requestedAt, startedAt, endedAt, counts, trigger, pipelines }) => [
    runId,
    status,
    requestedAt.slice(0, 19) + 'Z',
    startedAt === null || endedAt === null ? '' : formatDuration(Date.parse(endedAt) - Date.parse(startedAt)),
    ...[counts.read, counts.loaded, counts.quarantined].map(groupDigits),
    trigger.kind,
    pipelines.map(({ pipeline }) => pipeline).join(', '),
  ]);
  return `${renderTable(columns, rows).join('\n')}\n`;
}
