import { z } from 'zod';
import { ROLES } from '../../../../model/role';
import { time } from './common';

export const healthReport = z.looseObject({
  status: z.enum(['healthy', 'degraded', 'unhealthy']),
  environment: z.string(),
  at: time,
  checks: z.record(z.string(), z.looseObject({ status: z.enum(['healthy', 'degraded', 'unhealthy']) })),
});
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
