import { z } from 'zod';
import type { LoadedPrices } from '../../config/load-prices';
import { InvalidRequestError } from '../../errors/invalid-request-error';
import { ageOfPrices } from '../../model/cost';
import { OLD_AFTER_DAYS } from '../../model/prices';
import type { UsageSum } from '../../model/usage';
import { costFindings } from '../../project/cost/findings';
import { CostCollector, type GroupBy } from '../../project/cost/cost-report';
import type { Route } from './handle';
import { readQuery } from './read-request';
import { findRun } from './read-runs';

const MOST_DAYS = 92;
const DAY_MS = 86_400_000;

export const costsQuery = z.strictObject({
  from: z.iso.date().optional().describe('First day, UTC; 29 days before `to` when absent.'),
  to: z.iso.date().optional().describe('Last day, UTC; today when absent. At most 92 days.'),
  groupBy: z
    .union([
      z.enum(['pipeline', 'owner', 'day', 'run', 'activity']),
      z.string().regex(/^tag:[\w.-]{1,60}$/, 'write tag:<name> for a tag'),
    ])
    .default('pipeline')
    .describe('What costs are told by: a tag as `tag:costCenter`.'),
});

/** `GET /api/costs`: what the work of some days cost. Owners and tags are those that pipelines have now. */
export const listCosts: Route = async ({ stores, project, clock }, request) => {
  const query = readQuery(request, costsQuery);
  const { from, to } = daysOf(query, clock.now());
  const { partial, prices } = project.load();
  const collector = new CostCollector(query.groupBy as GroupBy, prices.prices, partial.pipelines);
  for (const day of eachDay(from, to)) for await (const sum of stores.usage.ofDay(day)) collector.add(sum);
  return {
    jsonBody: { from, to, groupBy: query.groupBy, prices: shownPrices(prices, clock.now()), ...collector.report() },
  };
};

/** `GET /api/runs/{id}/cost`: what a run has cost so far, by pipeline, each by activity. What happened to it later, such as an undo, counts. */
export const runCost: Route = async (services, request) => {
  const { stores, project, clock } = services;
  const run = await findRun(services, request.params['id'] ?? '');
  const now = clock.now();
  // A moment more than it lasted: the last readings are written when it has ended.
  const lastMs = Math.min(Date.parse(run.endedAt ?? now) + 600_000, Date.parse(now));
  const days = [...eachDay(run.requestedAt.slice(0, 10), new Date(lastMs).toISOString().slice(0, 10))];
  const sums = await stores.usage.ofRun(run.runId, days);
  const { partial, prices } = project.load();
  const collect = (by: GroupBy, some = sums) => {
    const collector = new CostCollector(by, prices.prices, partial.pipelines);
    for (const sum of some) collector.add(sum);
    return collector.report();
  };
  const { groups, total } = collect('pipeline');
  const pipelines = groups.map((group) => ({
    ...group,
    activities: collect(
      'activity',
      sums.filter(({ pipeline }) => pipeline === group.key),
    ).groups,
  }));
  return { jsonBody: { runId: run.runId, status: run.status, prices: shownPrices(prices, now), pipelines, total } };
};

/** Which prices these are, and whether they are old. */
export function shownPrices({ prices, source }: LoadedPrices, now: string) {
  const { date, currency, region } = prices;
  const ageDays = ageOfPrices(prices, now);
  const old = ageDays > OLD_AFTER_DAYS;
  const warning = old
    ? `The prices are ${ageDays} days old: look them up and write them to prices.yaml with the date of today`
    : null;
  return { date, currency, region, source, ageDays, old, warning };
}

function daysOf(query: { readonly from?: string | undefined; readonly to?: string | undefined }, now: string) {
  const to = query.to ?? now.slice(0, 10);
  const from = query.from ?? new Date(Date.parse(to) - 29 * DAY_MS).toISOString().slice(0, 10);
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
  if (days < 1) throw new InvalidRequestError([{ path: 'to', message: `is before from (${from})` }]);
  if (days > MOST_DAYS)
    throw new InvalidRequestError([{ path: 'from', message: `${days} days, at most ${MOST_DAYS}` }]);
  return { from, to };
}

function* eachDay(from: string, to: string): Generator<string> {
  for (let ms = Date.parse(from); ms <= Date.parse(to); ms += DAY_MS) yield new Date(ms).toISOString().slice(0, 10);
}

export const findingsQuery = z.strictObject({
  days: z.coerce.number().int().min(1).max(MOST_DAYS).default(30).describe('Days to look at, with today.'),
});

/** `GET /api/costs/findings`: what could cost less, what saves most first. */
export const listCostFindings: Route = async ({ stores, project, clock }, request) => {
  const { days } = readQuery(request, findingsQuery);
  const now = clock.now();
  const from = new Date(Date.parse(now) - (days - 1) * DAY_MS).toISOString().slice(0, 10);
  const sums: UsageSum[] = [];
  for (const day of eachDay(from, now.slice(0, 10))) for await (const sum of stores.usage.ofDay(day)) sums.push(sum);
  const { partial, prices } = project.load();
  const findings = costFindings({
    ...{ sums, days, now, prices: prices.prices },
    pipelines: Object.keys(partial.pipelines),
    inventory: await stores.usage.inventory(),
  });
  return { jsonBody: { days, prices: shownPrices(prices, now), findings } };
};
