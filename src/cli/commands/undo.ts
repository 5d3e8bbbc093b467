import type { UndonePipeline } from '../../durable/contracts/undo';
import type { Failure } from '../../model/failure';
import { groupDigits } from '../../report/render-table';
import { API_FLAGS, API_FLAGS_HELP, apiClient } from '../api-client';
import type { Command } from '../cli-context';
import { CONFIRM_FLAG, CONFIRM_FLAG_HELP, confirmed } from '../confirm-flag';
import { neededText } from '../needed-text';
import { onlyName } from '../only-name';
import { parseFlags } from '../parse-flags';
import { pollUntil } from '../poll-until';
import { plural } from '../render/render-problems';
import { waitingText, type MaybeWaiting } from '../waiting-approval';

interface Undo {
  readonly end: {
    readonly status: 'Succeeded' | 'Failed';
    readonly undone: readonly UndonePipeline[];
    readonly failure: Failure | null;
  } | null;
}

/** `sluice undo <run> --reason`: takes back what a run published. */
export const undo: Command = {
  name: 'undo',
  summary: 'take back what a run published, and pause its pipelines',
  help: `sluice undo <run> --reason <text> [flags]

Takes the rows of a run out of its targets again, puts back what they had replaced, changed or deleted, and sets back how far the source counts as loaded.
Its pipelines are paused first, so that the next tick does not load the same again: sluice resume ends that. Refused, with nothing changed, where later loads or other
pipelines build on it, where its rows were changed since, or where what it replaced is not kept any more. Waits until it is done; ends with 1 where it was refused.

      --reason <text>        why; it stands in the audit trail
${CONFIRM_FLAG_HELP}
      --detach               only ask for it
${API_FLAGS_HELP}
`,
  async run(context) {
    const own = { ...CONFIRM_FLAG, reason: { type: 'string' }, detach: { type: 'boolean', default: false } } as const;
    const { values, positionals } = parseFlags(context.args, { ...API_FLAGS, ...own });
    const runId = onlyName(positionals, 'name the run: sluice runs lists them');
    const reason = neededText(values.reason, 'say why with --reason');
    const api = apiClient(context, values.url);
    const address = `/runs/${encodeURIComponent(runId)}`;
    const body = { reason, ...confirmed(values.confirm) };
    const asked = await api.request<{ undo: Undo } & MaybeWaiting>('POST', `${address}/undo`, body);
    if (asked.approval !== undefined) {
      context.out(values.json ? `${JSON.stringify(asked, null, 2)}\n` : waitingText(asked.approval));
      return 0;
    }
    const ask = () => api.request<{ undo: Undo }>('GET', address);
    const { end } = (values.detach ? asked : await pollUntil(ask, ({ undo: now }) => now.end !== null)).undo;
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

function described({ pipeline, of, removed, restored }: UndonePipeline): string {
  const back = restored === 0 ? '' : `, ${groupDigits(restored)} put back`;
  return `${pipeline}: load ${of} was taken back: ${plural(removed, 'row')} taken out${back}. It is paused: sluice resume ${pipeline} ends that.\n`;
}
