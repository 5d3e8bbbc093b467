import { z } from 'zod';
import type { RouteName } from '../../routes';
import type { RouteDescription } from '../route-description';
import { healthReport } from '../schemas/service';

/** Routes about the app itself. */
export const SERVICE = {
  'api-health': {
    tag: 'service',
    summary: 'Whether the app can work',
    detail: '`503` with the same body where the storage of the app cannot be reached.',
    answer: { means: '`healthy` or `degraded`.', schema: healthReport },
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
