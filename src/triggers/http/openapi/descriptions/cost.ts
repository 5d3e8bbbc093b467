import { z } from 'zod';
import { costsQuery, findingsQuery } from '../../costs';
import type { RouteName } from '../../routes';
import type { RouteDescription } from '../route-description';
import { maintenanceBody } from '../../maintenance';
import {
  costsAnswer,
  findingsAnswer,
  maintenanceAnswer,
  maintenanceStarted,
  runCostAnswer,
  slotsList,
} from '../schemas/cost';

export const COST = {
  'api-list-costs': {
    tag: 'cost',
    summary: 'What the work of some days cost',
    detail:
      'Usage as it was metered, priced with `prices.yaml` or list prices. Owners and tags are those that pipelines have now.',
    query: costsQuery,
    answer: { means: 'Costs by group, and their sum.', schema: costsAnswer },
  },
  'api-cost-findings': {
    tag: 'cost',
    summary: 'What could cost less',
    query: findingsQuery,
    answer: { means: 'Findings with an estimated saving and their figures.', schema: findingsAnswer },
  },
  'api-run-cost': {
    tag: 'cost',
    summary: 'What a run cost, by pipeline and activity',
    path: { id: z.string().describe('The id of a run.') },
    answer: { means: 'What it has cost so far.', schema: runCostAnswer },
    problems: ['run-not-found'],
  },
  'api-start-maintenance': {
    tag: 'cost',
    summary: 'Tells what retention would delete and move, or does it now',
    body: maintenanceBody,
    bodyExample: { dryRun: true },
    answer: { status: 202, means: 'It was started, or was under way.', schema: maintenanceStarted },
  },
  'api-get-maintenance': {
    tag: 'cost',
    summary: 'How far a maintenance is, and what it did',
    path: { id: z.string().describe('`maintenance` for the hourly one, or the id of a dry run.') },
    answer: { means: 'What it did, or would do.', schema: maintenanceAnswer },
    problems: ['maintenance-not-found'],
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
