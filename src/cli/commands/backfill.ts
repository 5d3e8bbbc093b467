import type { Failure } from '../../model/failure';
import { API_FLAGS, API_FLAGS_HELP, apiClient } from '../api-client';
import type { Command } from '../cli-context';
import { CONFIRM_FLAG, CONFIRM_FLAG_HELP, confirmed } from '../confirm-flag';
import { neededText } from '../needed-text';
import { onlyName } from '../only-name';
import { parameterValues } from '../parameter-values';
import { parseFlags } from '../parse-flags';
import { pollUntil } from '../poll-until';
import { plural } from '../render/render-problems';
import { UsageError } from '../usage-error';
import { waitingText, type MaybeWaiting } from '../waiting-approval';

/** The answer of `GET /api/backfills/{id}`, as far as it is shown. */
interface Backfill {
  readonly status: 'InProgress' | 'Succeeded' | 'Failed' | 'Cancelled';
  readonly failure: Failure | null;
  readonly windows: readonly {
    readonly from: string;
    readonly to: string;
    readonly runId: string | null;
    readonly status: string;
    readonly rows: number;
  }[];
}

/** `sluice backfill <pipeline> --from --to --window --reason`: loads a span of the cursor again, window by window. */
export const backfill: Command = {
  name: 'backfill',
  summary: 'load a span of a pipeline again, window by window',
  help: `sluice backfill <pipeline> --from <value> --to <value> --window <size> --reason <text> [flags]

Loads the rows whose cursor column lies from --from on and below --to, in windows that are runs of their own, and waits until all have ended. The live
watermark stays where it is. Ends with 1 where a window failed.

      --from, --to <value>   dates and times as ISO 8601, or whole numbers
      --window <size>        a duration such as 1d, or a whole number
      --reason <text>        why; it stands in the audit trail
      --max-parallel <n>     windows at once, 1 to 16; 1 unless given
      --stop-on-failure      start no further windows once one has failed
  -p, --param <name=value>   a parameter; may stand several times
      --force                also while the pipeline is paused
${CONFIRM_FLAG_HELP}
      --detach               only start it
${API_FLAGS_HELP}
`,
  async run(context) {
    const text = { type: 'string' } as const;
    const flag = { type: 'boolean', default: false } as const;
    const param = { type: 'string', short: 'p', multiple: true, default: [] as string[] } as const;
    const options = { ...API_FLAGS, ...CONFIRM_FLAG, from: text, to: text, window: text, reason: text, 'max-parallel': text, param, 'stop-on-failure': flag, force: flag, detach: flag } as const; // prettier-ignore
    const { values, positionals } = parseFlags(context.args, options);
    const pipeline = onlyName(positionals, 'name the pipeline');
    const needed = (name: 'from' | 'to' | 'window' | 'reason') => neededText(values[name], `--${name} is needed`);
    const maxParallel = values['max-parallel'] ?? '1';
    if (!/^\d{1,2}$/.test(maxParallel)) throw new UsageError(`--max-parallel is a whole number from 1 to 16`);
    const asked = {
      from: numberOrText(needed('from')),
      to: numberOrText(needed('to')),
      window: numberOrText(needed('window')),
      reason: needed('reason'),
      maxParallel: Number(maxParallel),
      stopOnFailure: values['stop-on-failure'],
      force: values.force,
      ...(values.param.length > 0 && { parameters: parameterValues(values.param) }),
      ...confirmed(values.confirm),
    };
    const api = apiClient(context, values.url);
    const started = await api.request<{ backfill: string; windows: number } & MaybeWaiting>(
      'POST',
      `/pipelines/${encodeURIComponent(pipeline)}/backfills`,
      asked,
    );
    if (started.approval !== undefined) {
      context.out(values.json ? `${JSON.stringify(started, null, 2)}\n` : waitingText(started.approval));
      return 0;
    }
    context.err(`${started.backfill} started: ${plural(started.windows, 'window')}\n`);
    if (values.detach) {
      context.out(values.json ? `${JSON.stringify(started, null, 2)}\n` : `${started.backfill}\n`);
      return 0;
    }
    const address = `/backfills/${encodeURIComponent(started.backfill)}`;
    const ended = await pollUntil(
      () => api.request<Backfill>('GET', address),
      ({ status }) => status !== 'InProgress',
    );
    context.out(values.json ? `${JSON.stringify(ended, null, 2)}\n` : described(started.backfill, ended));
    return ended.status === 'Succeeded' ? 0 : 1;
  },
};

function described(id: string, { status, failure, windows }: Backfill): string {
  const lines = windows.map(
    ({ from, to, runId, status: its, rows }) =>
      `  ${from} to below ${to}  ${its}  ${plural(rows, 'row')}  ${runId ?? ''}`,
  );
  return [
    `${id}: ${status}`,
    ...lines.map((line) => line.trimEnd()),
    ...(failure === null ? [] : [`  ${failure.message}`]),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

function numberOrText(value: string): string | number {
  return /^-?\d{1,15}$/.test(value) ? Number(value) : value;
}
