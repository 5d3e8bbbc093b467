import { resolve } from 'node:path';
import { API_FLAGS, API_FLAGS_HELP, apiClient } from '../api-client';
import type { Command } from '../cli-context';
import { CONFIRM_FLAG, CONFIRM_FLAG_HELP, confirmed } from '../confirm-flag';
import { followRun, showRun } from '../follow-run';
import { onlyName } from '../only-name';
import { parseFlags } from '../parse-flags';
import { readPlanFile } from '../plan-file';
import { UsageError } from '../usage-error';

/** `sluice apply <plan.json>`: runs a reviewed plan, and nothing else. */
export const apply: Command = {
  name: 'apply',
  summary: 'run a plan that sluice plan --out wrote, if everything is still as it was reviewed',
  help: `sluice apply <plan.json> [flags]

Starts the run that was planned, on a running app, and waits until it has ended. Refused where the app is another environment, runs another version of the pipeline, or the file was changed
after it was made; and the run ends without loading anything where the source would give other files, begins at another value of the cursor, or the target has other columns than the plan
recorded. The same plan is one run, however often it is applied.

      --hash <text>          the hash that was reviewed, or its beginning: another plan is refused
      --detach               only start it
${CONFIRM_FLAG_HELP}
${API_FLAGS_HELP}
`,
  async run(context) {
    const own = { hash: { type: 'string' }, detach: { type: 'boolean', default: false } } as const;
    const { values, positionals } = parseFlags(context.args, { ...API_FLAGS, ...CONFIRM_FLAG, ...own });
    const file = onlyName(positionals, 'name the plan: sluice plan <pipeline> --out plan.json writes one');
    const { hash, pipeline, environment, version, parameters, slice, target } = readPlanFile(
      resolve(context.workingFolder, file),
    );
    const wanted = values.hash ?? hash;
    if (wanted.length < 6 || !hash.startsWith(wanted)) {
      throw new UsageError(`the plan is ${hash.slice(0, 12)}, and not ${wanted}`);
    }
    const api = apiClient(context, values.url);
    const address = `/pipelines/${encodeURIComponent(pipeline)}/runs`;
    const started = await api.request<{ runId: string; alreadyStarted: boolean }>('POST', address, {
      parameters,
      reviewed: { environment, version, slice, target },
      idempotencyKey: `plan-${hash}`,
      ...confirmed(values.confirm),
    });
    const { runId, alreadyStarted } = started;
    const told = `${runId}${alreadyStarted ? ' was started already by this plan' : ' started'}\n`;
    if (values.detach) {
      context.out(values.json ? `${JSON.stringify({ runId, alreadyStarted }, null, 2)}\n` : told);
      return 0;
    }
    context.err(told);
    return showRun(context, await followRun(context, api, runId), values.json);
  },
};
