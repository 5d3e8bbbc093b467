import { API_FLAGS, API_FLAGS_HELP, apiClient } from '../api-client';
import type { Command } from '../cli-context';
import { CONFIRM_FLAG, CONFIRM_FLAG_HELP, confirmed } from '../confirm-flag';
import { neededText } from '../needed-text';
import { parseFlags } from '../parse-flags';
import { UsageError } from '../usage-error';
import { waitingText, type MaybeWaiting } from '../waiting-approval';

interface Activated extends MaybeWaiting {
  readonly deployed: string;
  readonly used: { readonly hash: string | null };
}

/** `sluice activate <pipeline> <hash>|deployed --reason`: uses another version of a definition than the deployed one. */
export const activate: Command = {
  name: 'activate',
  summary: 'let runs use an earlier, or the deployed, version of a pipeline',
  help: `sluice activate <pipeline> <hash> --reason <text> [flags]
sluice activate <pipeline> deployed --reason <text> [flags]

Runs that are started from now on use a version that was deployed before, in place of the deployed one, until another one is deployed; with deployed they use
the deployed one again. Six characters of the hash are enough: sluice versions lists them. Refused, with what is wrong, where the version does not work with the
connections and pipelines of today. Runs under way keep theirs.

      --reason <text>        why; it stands in the history of the definition
${CONFIRM_FLAG_HELP}
${API_FLAGS_HELP}
`,
  async run(context) {
    const { values, positionals } = parseFlags(context.args, { ...API_FLAGS, ...CONFIRM_FLAG, reason: { type: 'string' } } as const); // prettier-ignore
    const [pipeline, hash, tooMany] = positionals;
    if (pipeline === undefined || hash === undefined) throw new UsageError('name the pipeline and the version');
    if (tooMany !== undefined) throw new UsageError(`'${tooMany}' is one name too many`);
    const reason = neededText(values.reason, 'say why with --reason');
    const address = `/pipelines/${encodeURIComponent(pipeline)}/versions/${encodeURIComponent(hash)}/activate`;
    const asked = { reason, ...confirmed(values.confirm) };
    const answer = await apiClient(context, values.url).request<Activated>('POST', address, asked);
    if (values.json) context.out(`${JSON.stringify(answer, null, 2)}\n`);
    else if (answer.approval !== undefined) context.out(waitingText(answer.approval));
    else {
      const { deployed, used } = answer;
      const which =
        used.hash === deployed ? ', which is deployed' : `, and not ${deployed.slice(0, 12)}, which is deployed`;
      context.out(`Runs of ${pipeline} use ${used.hash?.slice(0, 12) ?? 'none'} from now on${which}.\n`);
    }
    return 0;
  },
};
