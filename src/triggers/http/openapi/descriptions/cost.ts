import { z } from 'zod';
import { costsQuery } from '../../costs';
import type { RouteName } from '../../routes';
import type { RouteDescription } from '../route-description';
import { costsAnswer, runCostAnswer, slotsList } from '../schemas/cost';

export const COST = {
  'api-list-costs': {
    tag: 'cost',
    summary: 'What the work of some days cost',
    detail:
      'Usage as it was metered, priced with `prices.yaml` or list prices. Owners and tags are those that pipelines have now.',
    query: costsQuery,
    answer: { means: 'Costs by group, and their sum.', schema: costsAnswer },
  },
  'api-run-cost': {
    tag: 'cost',
    summary: 'What a run cost, by pipeline and activity',
    path: { id: z.string().describe('The id of a run.') },
    answer: { means: 'What it has cost so far.', schema: runCostAnswer },
    problems: ['run-not-found'],
  },
  'api-list-slots': {
    tag: 'cost',
    summary: 'Who has slots, and who waits',
    detail: 'The pool of the whole app, and connections that have a limit.',
    answer: {
      means: 'The slots.',
      schema: slotsList,
      example: { pool: { slots: 64, used: 0, held: [], waiting: [] }, connections: [] },
    },
  },
} as const satisfies Partial<Record<RouteName, RouteDescription>>;
