import { z } from 'zod';
import type { RouteName } from '../../routes';
import type { RouteDescription } from '../route-description';
import { breakersList, connectionTest } from '../schemas/connections';

/** Routes about connections. */
export const CONNECTIONS = {
  'api-list-breakers': {
    tag: 'connections',
    summary: 'The circuit breaker of each connection',
    answer: { means: 'The breakers.', schema: breakersList, example: { breakers: [] } },
  },
  'api-test-connection': {
    tag: 'connections',
    summary: 'What works of a connection, in words',
    detail: 'Logs in as the pipelines do, reads no rows and changes nothing. 200 also where nothing works.',
    path: { name: z.string().describe('The name of a connection.') },
    answer: { means: 'What was found.', schema: connectionTest },
    problems: ['unknown-connection', 'project-invalid'],
  },
} as const satisfies Partial<Record<RouteName, RouteDescription>>;
