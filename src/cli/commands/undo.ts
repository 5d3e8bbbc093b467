import { setTimeout as sleep } from 'node:timers/promises';
import type { RunRecord } from '../../durable/contracts/run-record';
import type { UndonePipeline } from '../../durable/contracts/undo';
import type { Failure } from '../../model/failure';
import { groupDigits } from '../../report/render-table';
import { API_FLAGS, API_FLAGS_HELP, apiClient, type ApiClient } from '../api-client';
import type { Command } from '../cli-context';
import { parseFlags } from '../parse-flags';
import { plural } from '../render/render-problems';
import { UsageError } from '../usage-error';

interface Undo {
  readonly end: {
    readonly status: 'Succeeded' | 'Failed';
    readonly undone: readonly UndonePipeline[];
    readonly failure: Failure | null;
  } | null;
}

const POLL_MS = 500;

/** `sluice undo <run> --reason`: takes back what a run published. */
export const undo: Command = {
  name: 'undo',
  summary: 'take back what a run published, and pause its pipelines',
  help: `sluice undo <run> --reason <text> [flags]

Takes the rows of a run out of its targets again, puts back what they had replaced, changed or deleted, and sets back how far the source counts as loaded.
Its pipelines are paused first, so that the next tick does not load the same again: sluice resume ends that. Refused, with nothing changed, where later loads or other
pipelines build on it, where its rows were changed since, or where what it replaced is not kept any more. Waits until it is done; ends with 1 where it was refused.

      --reason <text>        why; it stands in the audit trail
      --detach               only ask for it
${API_FLAGS_HELP}
`,
  async run(context) {
    const own = { reason: { type: 'string' }, detach: { type: 'boolean', default: false } } as const;
    const { values, positionals } = parseFlags(context.args, { ...API_FLAGS, ...own });
    const [runId, tooMany] = positionals;
    if (runId === undefined) throw new UsageError('name the run: sluice runs lists them');
    if (tooMany !== undefined) throw new UsageError(`'${tooMany}' is one name too many`);
    const { reason } = values;
    if (reason === undefined || reason.trim() === '') throw new UsageError('say why with --reason');
    const api = apiClient(context, values.url);
    const address = `/runs/${encodeURIComponent(runId)}`;
    const asked = await api.request<{ undo: Undo }>('POST', `${address}/undo`, { reason });
    const { end } = values.detach ? asked.undo : await ended(api, address);
    if (values.json) context.out(`${JSON.stringify({ runId, end }, null, 2)}\n`);
    else if (end === null)
      context.out(`${runId} is being taken back; sluice runs ${runId} --json shows how it goes.\n`);
    else {
      context.out(end.undone.map(described).join(''));
      if (end.failure !== null)
        context.err(`${end.failure.message} [${end.failure.code}]\n${end.failure.nextAction}\n`);
    }
    return end?.status === 'Failed' ? 1 : 0;
  },
};

async function ended(api: ApiClient, address: string): Promise<Undo> {
  for (;;) {
    const { undo: now } = await api.request<RunRecord & { undo: Undo }>('GET', address);
    if (now.end !== null) return now;
    await sleep(POLL_MS);
  }
}

function described({ pipeline, of, removed, restored }: UndonePipeline): string {
  const back = restored === 0 ? '' : `, ${groupDigits(restored)} put back`;
  return `${pipeline}: load ${of} was taken back: ${plural(removed, 'row')} taken out${back}. It is paused: sluice resume ${pipeline} ends that.\n`;
}
