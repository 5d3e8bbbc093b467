import { API_FLAGS, API_FLAGS_HELP, apiClient } from '../api-client';
import type { Command } from '../cli-context';
import { onlyName } from '../only-name';
import { parseFlags } from '../parse-flags';
import { renderCheckHistory, renderCheckRun, type CheckHistory, type RunChecks } from '../render/render-checks';
import { UsageError } from '../usage-error';

/** `sluice checks <pipeline>`: what the checks of a pipeline said, as a running app stored it. */
export const checks: Command = {
  name: 'checks',
  summary: 'show what the checks of a pipeline said in its newest runs, or in one',
  help: `sluice checks <pipeline> [flags]

Asks a running app what the checks of a pipeline said: a line for each check with its newest runs, the newest first, or with
--run every verdict of one run. Ends with 1 where the newest verdict, or that of the run, is failed.

      --run <id>             one run
      --check <name>         one check
      --limit <n>            newest runs, 1 to 100; 20 unless given
${API_FLAGS_HELP}
`,
  async run(context) {
    const text = { type: 'string' } as const;
    const { values, positionals } = parseFlags(context.args, { ...API_FLAGS, run: text, check: text, limit: text });
    const pipeline = onlyName(positionals, 'name the pipeline');
    const api = apiClient(context, values.url);
    if (values.run !== undefined) {
      const run = await api.request<RunChecks>('GET', `/runs/${encodeURIComponent(values.run)}/checks`);
      const its = run.pipelines.find((one) => one.pipeline === pipeline);
      if (its === undefined) {
        const names = run.pipelines.map((one) => one.pipeline).join(', ');
        throw new UsageError(`the run ${values.run} has no pipeline '${pipeline}', but ${names}`);
      }
      const shown =
        values.check === undefined ? its : { ...its, checks: its.checks.filter(({ name }) => name === values.check) };
      if (values.json) context.out(`${JSON.stringify({ runId: run.runId, ...shown }, null, 2)}\n`);
      else context.out(renderCheckRun(run.runId, shown));
      return its.verdict === 'failed' ? 1 : 0;
    }
    const query = new URLSearchParams();
    if (values.limit !== undefined) query.set('limit', values.limit);
    if (values.check !== undefined) query.set('check', values.check);
    const address = `/pipelines/${encodeURIComponent(pipeline)}/checks?${query.toString()}`;
    const history = await api.request<CheckHistory>('GET', address);
    context.out(values.json ? `${JSON.stringify(history, null, 2)}\n` : renderCheckHistory(history));
    return history.runs[0]?.verdict === 'failed' ? 1 : 0;
  },
};
