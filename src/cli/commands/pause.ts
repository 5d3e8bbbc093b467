import { API_FLAGS, API_FLAGS_HELP, apiClient } from '../api-client';
import type { CliContext, Command, ExitCode } from '../cli-context';
import { neededText } from '../needed-text';
import { onlyName } from '../only-name';
import { parseFlags } from '../parse-flags';
import { UsageError } from '../usage-error';

/** `sluice pause <pipeline>|--all --reason`: triggers and runs skip it until it is resumed. */
export const pause: Command = {
  name: 'pause',
  summary: 'keep a pipeline, or all of them, from being started',
  help: `sluice pause <pipeline> --reason <text> [flags]
sluice pause --all --reason <text> [flags]

Schedules, files and runs of several pipelines skip it until sluice resume. With --all no run and no backfill of any pipeline is started. A run
that is under way goes on.

      --all                  all pipelines, in place of one
      --reason <text>        why; whoever meets the pause reads it
${API_FLAGS_HELP}
`,
  run: (context) => steer(context, 'pause'),
};

/** `sluice resume <pipeline>|--all`: ends a pause. */
export const resume: Command = {
  name: 'resume',
  summary: 'end the pause of a pipeline, or of all of them',
  help: `sluice resume <pipeline> [flags]
sluice resume --all [flags]

Ends the pause of a pipeline, or the pause of all; where there is none, nothing changes. A pipeline that was paused by its name stays paused after
--all.

      --all                  all pipelines, in place of one
      --reason <text>        why; it stands in the audit trail
${API_FLAGS_HELP}
`,
  run: (context) => steer(context, 'resume'),
};

interface Steered {
  readonly paused: object | null;
  readonly wasPaused?: object | null;
  readonly stillPaused?: readonly string[];
}

async function steer(context: CliContext, verb: 'pause' | 'resume'): Promise<ExitCode> {
  const own = { reason: { type: 'string' }, all: { type: 'boolean', default: false } } as const;
  const { values, positionals } = parseFlags(context.args, { ...API_FLAGS, ...own });
  if (values.all && positionals.length > 0) throw new UsageError('name a pipeline, or say --all, and not both');
  const pipeline = values.all ? null : onlyName(positionals, 'name the pipeline, or say --all');
  const reason = verb === 'pause' ? neededText(values.reason, 'say why with --reason') : (values.reason ?? '');
  const address = pipeline === null ? `/${verb}` : `/pipelines/${encodeURIComponent(pipeline)}/${verb}`;
  const answer = await apiClient(context, values.url).request<Steered>('POST', address, { reason });
  context.out(values.json ? `${JSON.stringify(answer, null, 2)}\n` : said(verb, pipeline, answer));
  return 0;
}

function said(
  verb: 'pause' | 'resume',
  pipeline: string | null,
  { paused, wasPaused, stillPaused = [] }: Steered,
): string {
  if (verb === 'pause') return pipeline === null ? 'All pipelines are paused.\n' : `${pipeline} is paused.\n`;
  const was = (wasPaused ?? null) !== null;
  if (pipeline === null) {
    const rest = stillPaused.length > 0 ? ` Still paused by name: ${stillPaused.join(', ')}.` : '';
    return `${was ? 'The pause of all pipelines has ended.' : 'All pipelines were not paused.'}${rest}\n`;
  }
  if (paused === null) return `${pipeline} ${was ? 'is no longer paused' : 'was not paused'}.\n`;
  return `${pipeline} ${was ? 'has no pause of its own any more' : 'was not paused by name'}; all pipelines are paused: sluice resume --all ends that.\n`;
}
