import { z } from 'zod';
import type { RouteName } from '../../routes';
import { backfillsQuery, cancelBackfillBody, startBackfillBody } from '../../backfills';
import type { RouteDescription } from '../route-description';
import { backfillCancelled, backfillInDetail, backfillsList, backfillStarted } from '../schemas/backfills';
import { LOOK_AT } from './runs';

const path = { id: z.string().describe('The id of a backfill.') };

/** Routes about backfills. */
export const BACKFILLS = {
  'api-start-backfill': {
    tag: 'backfills',
    summary: 'Take a span of the source again, window by window',
    detail:
      'For a pipeline with `incremental: { by: column }`: `from` belongs to the span, `to` does not. Each window is a run of its own.',
    path: { name: z.string().describe('The name of a pipeline.') },
    body: startBackfillBody,
    bodyExample: { from: '2024-01-01', to: '2024-02-01', window: '1d', reason: 'the discount was wrong' },
    answer: { status: 202, means: 'The backfill is recorded.', schema: backfillStarted, headers: LOOK_AT },
    problems: [
      'unknown-pipeline',
      'backfill-not-possible',
      'pipeline-paused',
      'project-invalid',
      'confirmation-required',
      'approval-required',
    ],
  },
  'api-list-backfills': {
    tag: 'backfills',
    summary: 'Backfills, newest first',
    query: backfillsQuery,
    answer: { means: 'Without their windows.', schema: backfillsList, example: { backfills: [] } },
  },
  'api-get-backfill': {
    tag: 'backfills',
    summary: 'One backfill with its windows',
    path,
    answer: { means: 'Each window with its run and how it ended.', schema: backfillInDetail },
    problems: ['backfill-not-found'],
  },
  'api-cancel-backfill': {
    tag: 'backfills',
    summary: 'Start no further window, and cancel those under way',
    path,
    body: cancelBackfillBody,
    bodyExample: { reason: 'wrong month' },
    answer: { status: 202, means: 'The intent is recorded.', schema: backfillCancelled, headers: LOOK_AT },
    problems: ['backfill-not-found', 'backfill-ended'],
  },
} as const satisfies Partial<Record<RouteName, RouteDescription>>;
