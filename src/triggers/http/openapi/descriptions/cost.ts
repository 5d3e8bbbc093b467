import type { RouteName } from '../../routes';
import type { RouteDescription } from '../route-description';
import { slotsList } from '../schemas/cost';

export const COST = {
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
