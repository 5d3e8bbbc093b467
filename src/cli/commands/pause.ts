import { API_FLAGS, API_FLAGS_HELP, apiClient } from '../api-client';
import type { CliContext, Command, ExitCode } from '../cli-context';
import { neededText } from '../needed-text';
import { onlyName } from '../only-name';
import { parseFlags } from '../parse-flags';

/** `sluice pause <pipeline> --reason`: triggers and runs skip it until it is resumed. */
export const pause: Command = {
  name: 'pause',
  summary: 'keep a pipeline from being started',
  help: `sluice pause <pipeline> --reason <text> [flags]

Schedules, files and runs of several pipelines skip it until sluice resume. A run that is under way goes on.

      --reason <text>        why; whoever meets the pause reads it
${API_FLAGS_HELP}
`,
  run: (context) => steer(context, 'pause'),
};

/** `sluice resume <pipeline>`: ends a pause. */
export const resume: Command = {
  name: 'resume',
  summary: 'end the pause of a pipeline',
  help: `sluice resume <pipeline> [flags]

Ends the pause of a pipeline; where there is none, nothing changes.

      --reason <text>        why; it stands in the audit trail
${API_FLAGS_HELP}
`,
  run: (context) => steer(context, 'resume'),
};

async function steer(context: CliContext, verb: 'pause' | 'resume'): Promise<ExitCode> {
  const { values, positionals } = parseFlags(context.args, { ...API_FLAGS, reason: { type: 'string' } } as const);
  const pipeline = onlyName(positionals, 'name the pipeline');
  const reason = verb === 'pause' ? neededText(values.reason, 'say why with --reason') : (values.reason ?? '');
  const address = `/pipelines/${encodeURIComponent(pipeline)}/${verb}`;
  const answer = await apiClient(context, values.url).request<{ wasPaused?: object | null }>('POST', address, {
    reason,
  });
  const said =
    verb === 'pause' ? 'is paused' : (answer.wasPaused ?? null) === null ? 'was not paused' : 'is no longer paused';
  context.out(values.json ? `${JSON.stringify(answer, null, 2)}\n` : `${pipeline} ${said}.\n`);
  return 0;
}
