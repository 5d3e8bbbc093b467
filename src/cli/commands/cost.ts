import type { CostGroup } from '../../project/cost/cost-report';
import type { Finding } from '../../project/cost/findings';
import { API_FLAGS, API_FLAGS_HELP, apiClient } from '../api-client';
import type { Command } from '../cli-context';
import { parseFlags } from '../parse-flags';
import { money, renderCosts, renderPrices, type ShownPrices } from '../render/render-costs';
import { UsageError } from '../usage-error';

interface Costs {
  readonly from: string;
  readonly to: string;
  readonly groupBy: string;
  readonly prices: ShownPrices;
  readonly groups: readonly CostGroup[];
  readonly total: CostGroup;
}
interface RunCost {
  readonly prices: ShownPrices;
  readonly pipelines: readonly (CostGroup & { readonly activities: readonly CostGroup[] })[];
  readonly total: CostGroup;
}

interface Findings {
  readonly days: number;
  readonly prices: ShownPrices;
  readonly findings: readonly Finding[];
}

/** `sluice cost [run]`: what runs of a running app cost. */
export const cost: Command = {
  name: 'cost',
  summary: 'show what runs cost, by pipeline, owner, tag, day or run',
  help: `sluice cost [<run> | findings] [flags]

Without a run: what was used in some days, priced, by pipeline, with the cost of a run, of a million rows and of a GB. With one: its
pipelines, each by activity. (none) is what belongs to no pipeline: the records of runs, and maintenance. findings: what could cost less, with an estimated saving
a month and the figures that say so.

      --from <day>           first day, UTC, as 2026-11-01; 29 days before --to unless given
      --to <day>             last day; today unless given
      --by <group>           pipeline, owner, day, run, activity or tag:<name>; pipeline unless given
${API_FLAGS_HELP}
`,
  async run(context) {
    const text = { type: 'string' } as const;
    const { values, positionals } = parseFlags(context.args, { ...API_FLAGS, from: text, to: text, by: text });
    const [runId, tooMany] = positionals;
    if (tooMany !== undefined) throw new UsageError(`'${tooMany}' is one name too many`);
    const api = apiClient(context, values.url);
    const { from, to, by } = values;
    if (runId === 'findings') {
      const found = await api.request<Findings>('GET', '/costs/findings');
      context.out(values.json ? `${JSON.stringify(found, null, 2)}\n` : renderFindings(found));
      return 0;
    }
    if (runId !== undefined) {
      if (from !== undefined || to !== undefined || by !== undefined) {
        throw new UsageError('a run has its own days: leave out --from, --to and --by');
      }
      const its = await api.request<RunCost>('GET', `/runs/${encodeURIComponent(runId)}/cost`);
      const lines = its.pipelines.flatMap((pipeline) => [
        pipeline,
        ...pipeline.activities.map((activity) => ({ ...activity, key: `  ${activity.key ?? ''}` })),
      ]);
      const shown = renderCosts('Pipeline', lines, its.total) + renderPrices(its.prices);
      context.out(values.json ? `${JSON.stringify(its, null, 2)}\n` : shown);
      return 0;
    }
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries({ from, to, groupBy: by })) {
      if (value !== undefined) query.set(name, value);
    }
    const costs = await api.request<Costs>('GET', `/costs?${query.toString()}`);
    const title = costs.groupBy.replace(/^tag:/, '');
    const shown = `${costs.from} to ${costs.to}\n\n${renderCosts(title, costs.groups, costs.total)}\n`;
    context.out(values.json ? `${JSON.stringify(costs, null, 2)}\n` : shown + renderPrices(costs.prices));
    return 0;
  },
};

function renderFindings({ days, prices, findings }: Findings): string {
  if (findings.length === 0) return `Nothing was found in ${days} days that could cost less.\n`;
  const blocks = findings.map(({ kind, pipeline, message, fix, monthlySaving }) => {
    const saving = monthlySaving === null ? '' : `, about ${money(monthlySaving)} ${prices.currency} a month`;
    return `${kind}${pipeline === null ? '' : ` ${pipeline}`}${saving}\n  ${message}\n  ${fix}\n`;
  });
  return `${blocks.join('\n')}\n${renderPrices(prices)}`;
}
