import type { SchemaVersion } from '../../model/schema-version';
import { API_FLAGS, API_FLAGS_HELP, apiClient } from '../api-client';
import type { Command } from '../cli-context';
import { onlyName } from '../only-name';
import { parseFlags } from '../parse-flags';

interface Schema {
  readonly source: readonly SchemaVersion[];
  readonly target: readonly SchemaVersion[];
}

/** `sluice columns <pipeline>`: the columns of a pipeline's source and target over time. */
export const columns: Command = {
  name: 'columns',
  summary: 'show how the columns of a source and its target changed over time',
  help: `sluice columns <pipeline> [flags]

Asks a running app which columns the source of a pipeline had and which its target has, from which run on, and what changed: + added, - removed,
~ another type. The newest first; times are UTC.

      --limit <n>            versions of each, 1 to 100; 20 unless given
${API_FLAGS_HELP}
`,
  async run(context) {
    const { values, positionals } = parseFlags(context.args, { ...API_FLAGS, limit: { type: 'string' } } as const);
    const pipeline = onlyName(positionals, 'name the pipeline');
    const query = values.limit === undefined ? '' : `?limit=${encodeURIComponent(values.limit)}`;
    const schema = await apiClient(context, values.url).request<Schema>(
      'GET',
      `/pipelines/${encodeURIComponent(pipeline)}/schema${query}`,
    );
    const text = [...section('source', schema.source), ...section('target', schema.target)].join('\n');
    context.out(values.json ? `${JSON.stringify(schema, null, 2)}\n` : `${text}\n`);
    return 0;
  },
};

function section(side: string, versions: readonly SchemaVersion[]): string[] {
  if (versions.length === 0) return [`${side}: nothing is known yet`];
  return versions.flatMap(({ version, columns: all, changes, runId, at }) => [
    `${side} version ${version}, from ${at.slice(0, 19)}Z on (${runId}): ${all.length} columns`,
    ...changes.map((one) => {
      if (one.change === 'type') return `  ~ ${one.column}: ${one.from} becomes ${one.to}`;
      return `  ${one.change === 'added' ? '+' : '-'} ${one.column} ${one.type}`;
    }),
  ]);
}
