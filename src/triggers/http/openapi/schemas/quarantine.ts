import { z } from 'zod';
import type { RowReview } from '../../../../model/quarantine-review';
import { column, maybeTime, time } from './common';
import { waitsForApproval } from './versions';

const rows = z.int().min(0);
const reasons = z.array(z.strictObject({ reason: z.string(), rows }));
const artifact = z
  .strictObject({
    path: z.string().describe('In the container work.'),
    bytes: rows,
    sha256: z.string(),
    rows,
    columns: z.array(column),
  })
  .meta({ id: 'Artifact' });
export const batchId = z.string().describe('<run>.<pipeline>.<step>.<partition>.<entry>');
export const reviewState = z.enum(['open', 'decided', 'discarded', 'releasing', 'released']);
const decision = z.enum(['approve', 'retry', 'discard']);

export const batchesList = z.strictObject({
  batches: z.array(
    z
      .strictObject({
        batch: batchId,
        runId: z.string(),
        pipeline: z.string(),
        step: z.string(),
        partition: z.int().describe('-1 for what validation quarantined.'),
        artifact,
        originals: artifact.exactOptional(),
        rows,
        reasons,
        at: time,
        entry: z.int().exactOptional(),
      })
      .meta({ id: 'QuarantineBatch' }),
  ),
});
export const batchInDetail = z
  .strictObject({
    batch: batchId,
    runId: z.string(),
    pipeline: z.string(),
    step: z.string(),
    partition: z.int(),
    entry: z.int(),
    at: time,
    rows,
    counts: z.strictObject({ open: rows, decided: rows, discarded: rows, releasing: rows, released: rows }),
    reasons,
    columns: z.array(column),
    masked: z.array(z.string()).describe('Columns that cannot be edited here.'),
    review: z.strictObject({
      requested: z.strictObject({ id: z.string(), by: z.string(), at: time, reason: z.string() }).nullable(),
      release: z.string().nullable(),
      runId: z.string().nullable(),
      failure: z.string().nullable(),
      reminders: rows,
      closedAt: maybeTime,
    }),
  })
  .meta({ id: 'QuarantineReview' });
const row = z.strictObject({
  row: z.string().describe('<file>-<number>'),
  file: z.int(),
  number: z.int(),
  state: reviewState,
  reasons: z.array(z.string()),
  raw: z.string().nullable().describe('The line of a row that could not be parsed.'),
  values: z.record(z.string(), z.string().nullable()),
  edits: z.record(z.string(), z.string().nullable()),
  decision: decision.nullable(),
  reason: z.string().nullable(),
  by: z.string().nullable(),
  at: maybeTime,
  release: z.string().nullable(),
});
export const rowsPage = z.strictObject({
  batch: batchId,
  rows: z.array(row.meta({ id: 'QuarantinedRow' })),
  continuation: z.string().nullable(),
});
const version = z.strictObject({
  file: z.int(),
  row: z.int(),
  state: reviewState,
  decision: decision.nullable(),
  edits: z.record(z.string(), z.string().nullable()),
  reason: z.string().nullable(),
  by: z.string().nullable(),
  at: maybeTime,
  release: z.string().nullable(),
  version: z.int(),
}) satisfies z.ZodType<RowReview>;
export const rowInDetail = row.extend({ batch: batchId, history: z.array(version).describe('Oldest first.') });
export const rowEdited = row.extend({ batch: batchId, dryRun: z.literal(true).exactOptional() });
export const rowsDecided = z.strictObject({
  batch: batchId,
  decision,
  dryRun: z.literal(true).exactOptional(),
  decided: rows,
  locked: rows.describe('Taken by a release already.'),
  unreadable: rows.describe('Could not be parsed, and need an edit first.'),
  changed: rows.describe('Decided by somebody else at the same moment.'),
});
export const releaseAsked = z.union([batchInDetail, waitsForApproval]);
