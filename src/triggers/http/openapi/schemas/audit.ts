import { z } from 'zod';
import type { AuditVerification } from '../../../../state/audit/verify-chain';
import { scalar, time } from './common';

const hash = z.string().describe('SHA-256, in hex.');
const end = z
  .looseObject({
    day: z.string(),
    sequence: z.int(),
    hash,
    after: z.string().nullable().describe('The day before that has a chain.'),
    next: z.string().nullable().describe('The day after; nothing is added to a day that has one.'),
  })
  .nullable();
const chainedEntry = z
  .looseObject({
    day: z.string(),
    sequence: z.int().describe('From 1, without gaps.'),
    previous: hash,
    after: z.string().nullable().exactOptional(),
    entry: z.strictObject({
      at: time,
      action: z.string(),
      by: z.string(),
      subject: z.string(),
      detail: z.record(z.string(), scalar),
      correlationId: z.string(),
    }),
    hash,
  })
  .meta({ id: 'AuditEntry', description: 'Who did what, when and why, and its place in the chain.' });

export const auditPage = z.strictObject({
  day: z.string(),
  end,
  entries: z.array(chainedEntry),
  continuation: z.int().nullable().describe('Give it as `after` for the next page.'),
});
export const auditDays = z.strictObject({
  days: z.array(z.strictObject({ day: z.string(), end, copiedUpTo: z.int() })),
});
export const auditVerification = z.strictObject({
  verified: z.boolean(),
  days: z.int(),
  entries: z.int(),
  copied: z.int().describe('Entries that the copy confirms.'),
  findings: z.array(
    z.strictObject({
      kind: z.enum(['removed', 'altered', 'reordered', 'inserted', 'cut-off', 'unreadable', 'not-copied']),
      day: z.string(),
      sequence: z.int().nullable(),
      message: z.string(),
    }),
  ),
}) satisfies z.ZodType<AuditVerification>;
