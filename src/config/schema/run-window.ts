import { z } from 'zod';

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time is written 22:00, from 00:00 to 23:59');

/** Hours in which a pipeline may begin. */
export const runWindow = z.strictObject({
  from: time.describe('First minute in which a run may begin, such as 22:00.'),
  to: time.describe('First minute in which it may not any more, such as 06:00; before from, it is on the next day.'),
  timeZone: z.string().default('UTC').describe('IANA name of the time zone in which the times are read.'),
  days: z
    .array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']))
    .min(1)
    .optional()
    .describe('Days on which the window opens; every day without it.'),
  outside: z
    .enum(['wait', 'skip'])
    .default('wait')
    .describe('What a run does that is due at another time: wait until the window opens, or end as skipped.'),
});

export type RunWindowConfig = z.infer<typeof runWindow>;
