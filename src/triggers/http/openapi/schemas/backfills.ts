import { z } from 'zod';
import { failure, maybeTime, status, time } from './common';
import { waitsForApproval } from './versions';

const backfill = z.strictObject({
  backfill: z.string(),
  pipeline: z.string(),
  column: z.string(),
  from: z.string(),
  to: z.string(),
  window: z.string(),
  maxParallel: z.int(),
  stopOnFailure: z.boolean(),
  reason: z.string(),
  by: z.string(),
  requestedAt: time,
  status: z.enum(['InProgress', 'Succeeded', 'Failed', 'Cancelled']),
  endedAt: maybeTime,
  failure: failure.nullable(),
  cancel: z.strictObject({ requestedAt: time, by: z.string(), reason: z.string() }).nullable(),
});

export const backfillStarted = z.union([
  z.strictObject({
    backfill: z.string(),
    windows: z.int(),
    alreadyStarted: z.boolean(),
    links: z.strictObject({ backfill: z.string(), cancel: z.string() }),
  }),
  waitsForApproval,
]);
export const backfillsList = z.strictObject({
  backfills: z.array(backfill.extend({ windows: z.int().describe('How many.') }).meta({ id: 'BackfillSummary' })),
});
export const backfillInDetail = backfill
  .extend({
    counted: z.record(z.string(), z.int()).describe('Windows by status.'),
    windows: z.array(
      z.strictObject({
        window: z.int().min(0),
        from: z.string(),
        to: z.string(),
        runId: z.string().nullable(),
        status,
        rows: z.int().min(0),
        failure: failure.nullable(),
      }),
    ),
  })
  .meta({ id: 'Backfill' });
export const backfillCancelled = z.strictObject({
  backfill: z.string(),
  cancelRequestedAt: time,
  runs: z.array(z.string()),
  links: z.strictObject({ backfill: z.string() }),
});
