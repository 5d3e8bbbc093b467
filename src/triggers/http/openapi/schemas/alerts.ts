import { z } from 'zod';
import { ALERT_KINDS, ALERT_SEVERITIES, type Alert, type AlertNote } from '../../../../model/alert';
import { pageLinks, time } from './common';

const alert = z
  .strictObject({
    id: z.string(),
    state: z.enum(['open', 'acknowledged', 'resolved']),
    kind: z.enum(ALERT_KINDS),
    severity: z.enum(ALERT_SEVERITIES),
    pipeline: z.string().nullable(),
    runId: z.string().nullable(),
    connection: z.string().nullable(),
    failureClass: z.enum(['transient', 'persistent', 'business', 'infrastructure']).nullable(),
    code: z.string().nullable().describe('The code of a failure, or the name of a check.'),
    owner: z.string().nullable(),
    tags: z.record(z.string(), z.string()),
    title: z.string(),
    what: z.string().describe('What happened.'),
    data: z.string().describe('In which state the data is.'),
    todo: z.string().describe('What to do.'),
    runbook: z.string().nullable(),
    firstAt: time,
    lastAt: time,
    count: z.int().describe('How many events it stands for.'),
    groups: z.record(z.string(), z.string()).describe('The groups in which it is told of, by route.'),
    acknowledged: z.strictObject({ by: z.string(), at: time, note: z.string() }).nullable(),
    resolved: z.strictObject({ by: z.string(), at: time, reason: z.string() }).nullable(),
  })
  .meta({ id: 'Alert' });
alert satisfies z.ZodType<Omit<Alert, 'key'>>;

const note = z
  .strictObject({ at: time, event: z.string(), by: z.string(), text: z.string() })
  .meta({ id: 'AlertNote' });
note satisfies z.ZodType<AlertNote>;

export const alertInState = alert;
export const alertsList = z.strictObject({
  alerts: z.array(alert),
  continuation: z.string().nullable(),
  links: pageLinks,
});
export const alertInDetail = alert
  .extend({ timeline: z.array(note).describe('Oldest first: what happened to it, and every message about it.') })
  .meta({ id: 'AlertInDetail' });
export const channelTested = z.strictObject({
  channel: z.string(),
  sent: z.literal(true),
  reference: z.string().nullable().describe('Id of a ticket.'),
  detail: z.string().nullable(),
});
