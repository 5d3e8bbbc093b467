import { z } from 'zod';
import { ROLES } from '../../../../model/role';
import { AREAS, type Examination } from '../../../../model/diagnosis';
import { time } from './common';

export const healthReport = z.looseObject({
  status: z.enum(['healthy', 'degraded', 'unhealthy']),
  environment: z.string(),
  at: time,
  checks: z.record(z.string(), z.looseObject({ status: z.enum(['healthy', 'degraded', 'unhealthy']) })),
});
export const examination = z.strictObject({
  healthy: z.boolean().describe('Nothing has failed; there may be warnings.'),
  at: time,
  findings: z.array(
    z.strictObject({
      area: z.enum(AREAS),
      what: z.string(),
      status: z.enum(['ok', 'warning', 'failed', 'skipped']),
      message: z.string(),
      fix: z.string().nullable(),
    }),
  ),
}) satisfies z.ZodType<Examination>;
export const runbookPage = z.strictObject({
  code: z.string(),
  title: z.string(),
  markdown: z.string().describe('CommonMark with tables.'),
});
export const caller = z.strictObject({
  name: z.string(),
  role: z.enum(ROLES).nullable(),
  auth: z.enum(['functionKey', 'entra']),
  environment: z.string(),
});
