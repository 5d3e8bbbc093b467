import { API_FLAGS, API_FLAGS_HELP, apiClient } from '../api-client';
import type { Command } from '../cli-context';
import { parseFlags } from '../parse-flags';
import { UsageError } from '../usage-error';

/** `sluice cancel <run> --reason`: asks a run to end without publishing. */
export const cancel: Command = {
  name: 'cancel',
  summary: 'end a run before it publishes',
  help: `sluice cancel <run> --reason <text> [flags]

Asks a run to end at its next step. What it has staged is discarded; a pipeline that is publishing at this moment still publishes, whole.

      --reason <text>        why; it stands in the record of the run
${API_FLAGS_HELP}
`,
  async run(context) {
    const { values, positionals } = parseFlags(context.args, { ...API_FLAGS, reason: { type: 'string' } } as const);
    const [runId, tooMany] = positionals;
    if (runId === undefined) throw new UsageError('name the run: sluice runs lists them');
    if (tooMany !== undefined) throw new UsageError(`'${tooMany}' is one name too many`);
    const { reason } = values;
    if (reason === undefined || reason.trim() === '') throw new UsageError('say why with --reason');
    const api = apiClient(context, values.url);
    const answer = await api.request('POST', `/runs/${encodeURIComponent(runId)}/cancel`, { reason });
    context.out(
      values.json
        ? `${JSON.stringify(answer, null, 2)}\n`
        : `${runId} will end; sluice runs ${runId} shows how it goes.\n`,
    );
    return 0;
  },
};
