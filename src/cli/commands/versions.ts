import { API_FLAGS, API_FLAGS_HELP, apiClient } from '../api-client';
import type { Command } from '../cli-context';
import { parseFlags } from '../parse-flags';
import { renderVersionChanges, type ShownChanges } from '../render/render-version-changes';
import { UsageError } from '../usage-error';

interface VersionList {
  readonly pipeline: string;
  readonly environment: string;
  readonly deployed: string;
  readonly isDeployed: boolean;
  readonly used: { readonly hash: string | null; readonly why: string };
  readonly pin: { readonly by: string; readonly at: string; readonly reason: string } | null;
  readonly versions: readonly {
    readonly hash: string;
    readonly firstSeenAt: string;
    readonly by: string;
    readonly deployed: boolean;
    readonly used: boolean;
    readonly changes: ShownChanges;
  }[];
}

interface OneVersion {
  readonly hash: string;
  readonly firstSeenAt: string;
  readonly by: string;
  readonly definition: Readonly<Record<string, unknown>>;
  readonly changes?: ShownChanges & { readonly against: string };
}

/** `sluice versions <pipeline> [hash]`: what was deployed of a pipeline, what it changed, and which version runs use. */
export const versions: Command = {
  name: 'versions',
  summary: 'show which versions of a pipeline were deployed, what each changed, and which one runs use',
  help: `sluice versions <pipeline> [flags]
sluice versions <pipeline> <hash> [--against <hash>] [flags]

Lists the versions of a pipeline's definition that were deployed where the app runs, the newest first, each with what it changed of the one before, and says
which one runs use. With a hash, of which six characters are enough: that version, or with --against what it says otherwise than another one. sluice activate
uses one in place of the deployed one.

      --against <hash>       the version to compare with
      --limit <n>            1 to 100; 20 unless given
${API_FLAGS_HELP}
`,
  async run(context) {
    const text = { type: 'string' } as const;
    const { values, positionals } = parseFlags(context.args, { ...API_FLAGS, against: text, limit: text } as const);
    const [pipeline, hash, tooMany] = positionals;
    if (pipeline === undefined) throw new UsageError('name the pipeline');
    if (tooMany !== undefined) throw new UsageError(`'${tooMany}' is one name too many`);
    if (hash === undefined && values.against !== undefined) throw new UsageError('name the version to compare');
    const api = apiClient(context, values.url);
    const address = `/pipelines/${encodeURIComponent(pipeline)}/versions`;
    if (hash !== undefined) {
      const query = values.against === undefined ? '' : `?against=${encodeURIComponent(values.against)}`;
      const one = await api.request<OneVersion>('GET', `${address}/${encodeURIComponent(hash)}${query}`);
      context.out(values.json ? `${JSON.stringify(one, null, 2)}\n` : renderOne(pipeline, one));
      return 0;
    }
    const query = values.limit === undefined ? '' : `?limit=${encodeURIComponent(values.limit)}`;
    const list = await api.request<VersionList>('GET', `${address}${query}`);
    context.out(values.json ? `${JSON.stringify(list, null, 2)}\n` : renderList(list));
    return 0;
  },
};

function renderOne(pipeline: string, { hash, firstSeenAt, by, definition, changes }: OneVersion): string {
  const head = `${pipeline} ${hash.slice(0, 12)}, deployed ${firstSeenAt.slice(0, 19)}Z by ${by}\n`;
  if (changes === undefined) return `${head}${JSON.stringify(definition, null, 2)}\n`;
  if (changes.count === 0) return `${head}Nothing differs from ${changes.against.slice(0, 12)}.\n`;
  return `${head}Differs from ${changes.against.slice(0, 12)}:\n${renderVersionChanges(changes)}`;
}

function renderList({ pipeline, environment, deployed, isDeployed, used, pin, versions: all }: VersionList): string {
  const short = (hash: string): string => hash.slice(0, 12);
  const why: Readonly<Record<string, string>> = {
    deployed: 'which is the deployed one',
    activated: `which ${pin?.by ?? 'somebody'} activated at ${pin?.at.slice(0, 19) ?? ''}Z in place of ${short(deployed)}: ${pin?.reason ?? ''}`,
    approved: `the last that was approved; ${short(deployed)} is deployed and waits: sluice approvals list`,
    'waits-for-approval': '',
  };
  const uses =
    used.hash === null
      ? `Runs of ${pipeline} in ${environment} use none: ${short(deployed)} waits for its approval: sluice approvals list.`
      : `Runs of ${pipeline} in ${environment} use ${short(used.hash)}, ${why[used.why] ?? used.why}.`;
  const lines = all.flatMap(({ hash, firstSeenAt, by, deployed: isNow, used: isUsed, changes }, index) => {
    const marks = [isNow && isDeployed ? 'deployed' : '', isUsed ? 'used' : '']
      .filter((mark) => mark !== '')
      .join(', ');
    const head = `\n${short(hash)}  ${firstSeenAt.slice(0, 19)}Z  ${by}${marks === '' ? '' : `  (${marks})`}\n`;
    const isFirst = index === all.length - 1 && changes.differences.every(({ change }) => change === 'added');
    return [head, isFirst ? '  the first one\n' : renderVersionChanges(changes)];
  });
  return `${uses}\n${lines.join('')}`;
}
