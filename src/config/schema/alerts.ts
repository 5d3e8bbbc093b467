import { z } from 'zod';
import { ALERT_KINDS, ALERT_SEVERITIES } from '../../model/alert';
import { alertChannel, alertSecret } from './alert-channel';
import { duration, name } from './common';
import { timeOfDay, weekday } from './sla';

const severity = z.enum(ALERT_SEVERITIES);
const pattern = z
  .string()
  .regex(/^[a-z*][a-z0-9_*-]{0,62}$/, 'write the name of a pipeline; * stands for any part of it');
const timeZone = z.string().default('UTC').describe('IANA name of the time zone.');
const days = z.array(weekday).min(1).optional().describe('Days: mon to sun; every day when absent.');

const match = z
  .strictObject({
    pipelines: z.array(pattern).min(1).optional().describe('Pipelines; * stands for any part of a name.'),
    tags: z.record(z.string(), z.string()).optional().describe('Tags that the pipeline has, all of them.'),
    severities: z.array(severity).min(1).optional().describe('How bad it is.'),
    classes: z
      .array(z.enum(['transient', 'persistent', 'business', 'infrastructure']))
      .min(1)
      .optional()
      .describe('Classes of the failure.'),
    kinds: z.array(z.enum(ALERT_KINDS)).min(1).optional().describe('What it is about.'),
  })
  .prefault({})
  .describe('The alerts that are meant: all that is said must fit; nothing said is every alert.');

const level = z.strictObject({
  notify: z.array(name).default([]).describe('Channels that are told, all of them.'),
  action: z
    .enum(['pause', 'rerun', 'openBreaker'])
    .optional()
    .describe(
      'What is done then: pause the pipeline, run it again, or open the breaker of the connection that failed.',
    ),
  wait: duration.default('15m').describe('How long an acknowledgement is waited for before the next level.'),
});

const route = z.strictObject({
  name: name.describe('The name of the route; unique.'),
  match,
  groupBy: z
    .array(z.enum(['pipeline', 'kind', 'code', 'severity', 'class', 'connection', 'run']))
    .default(['pipeline'])
    .describe('Alerts that are alike in these are told of together; an empty list puts all into one group.'),
  groupWait: duration.default('30s').describe('How long the first message waits for alerts that belong to it.'),
  groupInterval: duration.default('10m').describe('The shortest time between two messages about alerts that join.'),
  repeat: duration.optional().describe('Tell the last level again after this, as long as nobody has acknowledged.'),
  ladder: z.array(level).min(1).max(10).describe('Who is told first, and who next where nobody acknowledges.'),
  quietHours: name.optional().describe('Hours, by name, in which nobody is told.'),
  digest: z
    .strictObject({ at: timeOfDay.describe("Time of day, in quotes, such as '08:00'."), timeZone, days })
    .optional()
    .describe('Tell of all alerts together at that time, and escalate nothing.'),
  continue: z.boolean().default(false).describe('Look for further routes that fit.'),
});

const quiet = z.strictObject({
  from: timeOfDay.describe("When they begin, in quotes, such as '22:00'."),
  to: timeOfDay.describe("When they end, in quotes, such as '06:30'."),
  timeZone,
  days: days.describe('Days on which they begin: mon to sun; every day when absent.'),
  except: z.array(severity).default(['critical']).describe('Severities that are told of all the same.'),
});

const moment = z.iso.datetime({ offset: true, error: 'write a moment such as 2026-12-01T00:00:00Z' });
const maintenance = z.strictObject({
  reason: z.string().min(1).max(200).describe('Why; it stands in the timeline.'),
  pipelines: z.array(pattern).min(1).optional().describe('Pipelines that it concerns; all when absent.'),
  from: moment.optional().describe('When it begins, for one that happens once.'),
  to: moment.optional().describe('When it ends.'),
  every: z
    .strictObject({ at: timeOfDay.describe("Time of day, in quotes, such as '02:00'."), timeZone, days })
    .optional()
    .describe('When it begins, for one that comes again.'),
  lasts: duration.optional().describe('How long it lasts, with every.'),
});

const percent = z.string().regex(/^(100|[1-9]?\d)%$/, 'write a share such as 90%');

export const alertsFile = z.strictObject({
  channels: z.record(name, alertChannel).describe('Where messages go, by name.'),
  routes: z.array(route).max(100).describe('Which alerts are told to whom; the first that fits is taken.'),
  severities: z
    .array(z.strictObject({ match, severity: severity.describe('How bad it is then.') }))
    .max(100)
    .default([])
    .describe('Alerts that are worse, or less bad, than they usually are; the first that fits is taken.'),
  quietHours: z.record(name, quiet).default({}).describe('Hours in which nobody is told, by name.'),
  maintenance: z
    .array(maintenance)
    .max(100)
    .default([])
    .describe('Times in which alerts are noted and told of to nobody.'),
  storm: z
    .strictObject({
      most: z.int().min(1).max(1000).default(20).describe('Groups that are told of by themselves in that time.'),
      per: duration.default('10m').describe('The time, such as 10m.'),
    })
    .prefault({})
    .describe('When more happens than people can read, the rest is told of in one message.'),
  watch: z
    .strictObject({
      quarantineAge: duration
        .default('7d')
        .describe('The greatest age of quarantined rows that nobody has decided about.'),
      quarantineRows: z.int().min(1).default(100_000).describe('The most rows of a pipeline that wait for a decision.'),
      memory: percent.default('95%').describe('Memory of an instance.'),
      tempDisk: percent.default('90%').describe('Temporary disk of an instance.'),
      slotWait: duration
        .default('15m')
        .describe('The longest that runs may wait for slots of a connection or of the app.'),
      queuedRuns: z.int().min(1).default(100).describe('The most runs that may wait to begin.'),
      costPerRun: z
        .number()
        .gt(0)
        .optional()
        .describe('The most that a pipeline may cost in one run, in the currency of the prices.'),
      costPerDay: z.number().gt(0).optional().describe('The most that all runs of a day may cost together.'),
      secretsExpire: duration.default('30d').describe('How long before a secret expires it is said.'),
    })
    .prefault({})
    .describe('Bounds beyond which an alert is raised.'),
  acknowledge: z
    .strictObject({
      secret: alertSecret.describe('${secret:name}, 32 characters or more, with which links are signed.'),
      expires: duration.default('24h').describe('How long a link can be used.'),
    })
    .optional()
    .describe('Links in messages by which an alert is acknowledged without signing in; none when absent.'),
});

export type AlertsConfig = z.infer<typeof alertsFile>;
export type AlertMatch = z.infer<typeof match>;
export type AlertRoute = z.infer<typeof route>;
export type QuietHours = z.infer<typeof quiet>;
export type MaintenanceWindow = z.infer<typeof maintenance>;
