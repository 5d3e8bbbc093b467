import { API_FLAGS, API_FLAGS_HELP, apiClient } from '../api-client';
import type { Command } from '../cli-context';
import { CONFIRM_FLAG, CONFIRM_FLAG_HELP, confirmed } from '../confirm-flag';
import { followRun, showRun } from '../follow-run';
import { parseFlags } from '../parse-flags';
import { parameterValues } from '../parameter-values';
import { UsageError } from '../usage-error';

/** The answer of `POST /api/runs`. */
interface Started {
  readonly runId: string;
  readonly alreadyStarted: boolean;
}

/** `sluice run [pipeline...]`: starts pipelines of a running app, and shows how they go. */
export const run: Command = {
  name: 'run',
  summary: 'start pipelines of a running app, and show how they go',
  help: `sluice run [<pipeline>...] [flags]

Starts a run of the pipelines named, or of all, in the order of dependsOn, and waits until it has ended: progress on standard error,
the result on standard output. Ends with 1 where the run failed or was cancelled. Ctrl+C ends the waiting and not the run.

      --with-dependencies    also what the pipelines depend on
  -p, --param <name=value>   a parameter; may stand several times
      --max-parallel <n>     pipelines of one level at a time, 1 to 64; 4 unless given
      --key <text>           an idempotency key: the same key again is the same run, and starts nothing
      --force                also pipelines that are paused
${CONFIRM_FLAG_HELP}
      --detach               only start it
${API_FLAGS_HELP}
`,
  async run(context) {
    const text = { type: 'string' } as const;
    const flag = { type: 'boolean', default: false } as const;
    const param = { type: 'string', short: 'p', multiple: true, default: [] as string[] } as const;
    const own = { ...CONFIRM_FLAG, param, key: text, 'max-parallel': text, 'with-dependencies': flag, force: flag, detach: flag } as const; // prettier-ignore
    const { values, positionals } = parseFlags(context.args, { ...API_FLAGS, ...own });
    const maxParallel = wholeNumber(values['max-parallel'], '--max-parallel');
    const api = apiClient(context, values.url);
    const { runId, alreadyStarted } = await api.request<Started>('POST', '/runs', {
      ...(positionals.length > 0 && { pipelines: positionals }),
      ...(values['with-dependencies'] && { withDependencies: true }),
      ...(values.param.length > 0 && { parameters: parameterValues(values.param) }),
      ...(maxParallel !== undefined && { maxParallel }),
      ...(values.key !== undefined && { idempotencyKey: values.key }),
      ...(values.force && { force: true }),
      ...confirmed(values.confirm),
    });
    if (values.detach) {
      const told = `${runId}${alreadyStarted ? ' was started already' : ''}\n`;
      context.out(values.json ? `${JSON.stringify({ runId, alreadyStarted }, null, 2)}\n` : told);
      return 0;
    }
    context.err(`${runId}${alreadyStarted ? ' was started already' : ' started'}\n`);
    return showRun(context, await followRun(context, api, runId), values.json);
  },
};

function wholeNumber(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new UsageError(`${name} is a whole number, and '${text}' is none`);
}
