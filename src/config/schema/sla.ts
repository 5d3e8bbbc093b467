import { z } from 'zod';
import { duration } from './common';

/** Days of the week, as cron counts them from Sunday. */
export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export const weekday = z.enum(WEEKDAYS);
export const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "write a time of day as 'HH:MM', in quotes, such as '06:30'");

export const sla = z.strictObject({
  freshness: duration
    .optional()
    .describe('The greatest age of what is published, from the start of the run that read it, such as 26h.'),
  maxDuration: duration.optional().describe('The longest that the pipeline may take in one run, such as 45m.'),
  doneBy: z
    .strictObject({
      at: timeOfDay.describe("Time of day on the wall of the time zone, in quotes, such as '06:30'."),
      timeZone: z.string().default('UTC').describe('IANA name of the time zone.'),
      days: z.array(weekday).min(1).optional().describe('Days on which it is due: mon to sun; every day when absent.'),
      within: duration
        .optional()
        .describe('How long before the time a run counts for it; since the due time before when absent.'),
    })
    .optional()
    .describe('A run of the pipeline has succeeded by that time.'),
});

export type SlaConfig = z.infer<typeof sla>;
export type DoneBy = NonNullable<SlaConfig['doneBy']>;
