import { API_FLAGS, API_FLAGS_HELP, apiClient } from '../api-client';
import type { Command } from '../cli-context';
import { neededText } from '../needed-text';
import { onlyName } from '../only-name';
import { parseFlags } from '../parse-flags';

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
    const runId = onlyName(positionals, 'name the run: sluice runs lists them');
    const reason = neededText(values.reason, 'say why with --reason');
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
