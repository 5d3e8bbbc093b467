import { z } from 'zod';
import type { RouteName } from '../../routes';
import { slaQuery } from '../../slas';
import type { RouteDescription } from '../route-description';
import { slaOfPipeline, slasList } from '../schemas/slas';

/** Routes about service levels. */
export const ALERTS = {
  'api-list-slas': {
    tag: 'alerts',
    summary: 'What pipelines promise, and how they stand',
    answer: { means: 'The pipelines with `sla`.', schema: slasList, example: { slas: [] } },
  },
  'api-pipeline-sla': {
    tag: 'alerts',
    summary: 'The due times of a pipeline, for a calendar',
    detail: 'Newest first. Also of a pipeline that has been taken away.',
    path: { name: z.string().describe('The name of a pipeline.') },
    query: slaQuery,
    answer: { means: 'Verdicts on due times, and how it stands.', schema: slaOfPipeline },
    problems: ['unknown-pipeline'],
  },
} as const satisfies Partial<Record<RouteName, RouteDescription>>;
