import { z } from 'zod';
import type { RouteName } from '../../routes';
import type { RouteDescription } from '../route-description';
import { examination, caller, healthReport, runbookPage } from '../schemas/service';

/** Routes about the app itself. */
export const SERVICE = {
  'api-health': {
    tag: 'service',
    summary: 'Whether the app can work',
    detail: '`503` with the same body where the storage of the app cannot be reached.',
    answer: { means: '`healthy` or `degraded`.', schema: healthReport },
  },
  'api-me': {
    tag: 'service',
    summary: 'Who asks, and what they may do',
    answer: {
      means: 'As the audit trail will name them.',
      schema: caller,
      example: { name: 'ann@example.com', role: 'operator', auth: 'entra', environment: 'prod' },
    },
  },
  'api-runbook': {
    tag: 'service',
    summary: 'The runbook of a code',
    path: { code: z.string().describe('The code of a failure or problem.') },
    answer: { means: 'The page, of the version of the app that answers.', schema: runbookPage },
    problems: ['page-not-found'],
  },
  'api-dashboard': {
    tag: 'service',
    summary: 'The page of the operators',
    answer: { means: 'The page; what it shows it asks this API for.', contentType: 'text/html' },
    problems: ['page-not-found'],
  },
  'api-dashboard-asset': {
    tag: 'service',
    summary: 'A script or style of that page',
    path: { file: z.string() },
    answer: { means: 'The file; a name is one content for ever.', contentType: 'text/javascript' },
    problems: ['page-not-found'],
  },
  'api-health-details': {
    tag: 'service',
    summary: 'What works of everything that the app needs',
    detail:
      'Each permission is tried from where the app runs; nothing of that stays. `200` also where something has failed.',
    answer: { means: 'What was found, each with what to do about it.', schema: examination },
  },
  'api-openapi': {
    tag: 'service',
    summary: 'This description',
    answer: { means: 'OpenAPI 3.1.', schema: z.looseObject({ openapi: z.string() }) },
  },
  'api-docs': {
    tag: 'service',
    summary: 'This description as a page to read',
    answer: { means: 'The page.', contentType: 'text/html' },
  },
} as const satisfies Partial<Record<RouteName, RouteDescription>>;
