import { z } from 'zod';
import { InvalidRequestError } from '../../errors/invalid-request-error';
import { ALERT_KINDS, ALERT_SEVERITIES, type Alert, type AlertNote } from '../../model/alert';
import type { AlertSend } from '../../model/alert-group';
import { acknowledgeAlert, closeAlert, findAlert } from '../alerts/acknowledge-alert';
import type { TriggerServices } from '../trigger-services';
import { callerOf } from './caller';
import { addressOf, type Route } from './handle';
import { readBody, readQuery } from './read-request';

export const alertsQuery = z.strictObject({
  state: z.enum(['open', 'acknowledged', 'resolved']).optional(),
  pipeline: z.string().min(1).max(63).optional(),
  kind: z.enum(ALERT_KINDS).optional(),
  severity: z.enum(ALERT_SEVERITIES).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  continuation: z.string().min(1).max(500).optional(),
});
export const acknowledgeBody = z.strictObject({ note: z.string().max(500).default('') });
export const resolveBody = z.strictObject({ reason: z.string().min(1).max(500) });

/** `GET /api/alerts`: newest first. */
export const listAlerts: Route = async ({ stores }, request) => {
  const { state, pipeline, kind, severity, limit, continuation } = readQuery(request, alertsQuery);
  const page = await stores.alerts.list({
    limit,
    ...(state !== undefined && { state }),
    ...(pipeline !== undefined && { pipeline }),
    ...(kind !== undefined && { kind }),
    ...(severity !== undefined && { severity }),
    ...(continuation !== undefined && { continuation: decode(continuation) }),
  });
  const next = page.continuation === null ? null : Buffer.from(page.continuation).toString('base64url');
  const parameters = new URLSearchParams(request.query);
  parameters.delete('code');
  if (next !== null) parameters.set('continuation', next);
  const links = next === null ? {} : { next: `${addressOf(request, 'alerts')}?${parameters.toString()}` };
  return { jsonBody: { alerts: page.alerts.map(shown), continuation: next, links } };
};

/** `GET /api/alerts/{id}`: with everything that happened to it, and every message about it. */
export const getAlert: Route = async (services, request) => {
  const alert = await findAlert(services, request.params['id'] ?? '');
  return { jsonBody: { ...shown(alert), timeline: await timelineOf(services, alert) } };
};

/** `POST /api/alerts/{id}/acknowledge`: somebody takes it up. */
export const acknowledge: Route = async (services, request, client) => {
  const { note } = await readBody(request, acknowledgeBody);
  const by = callerOf(services, request);
  return { jsonBody: { ...shown(await acknowledgeAlert(services, client, request.params['id'] ?? '', { by, note })) } };
};

/** `POST /api/alerts/{id}/resolve`: somebody says that it is over. */
export const resolve: Route = async (services, request, client) => {
  const { reason } = await readBody(request, resolveBody);
  const by = callerOf(services, request);
  return {
    jsonBody: { ...shown(await closeAlert(services, client, request.params['id'] ?? '', { by, note: reason })) },
  };
};

/** `POST /api/alerts/test/{channel}`: sends a message that says that it is a test. */
export const testAlertChannel: Route = async (services, request) => {
  const channel = request.params['channel'] ?? '';
  const sent = await services.testChannel(channel, callerOf(services, request));
  return { jsonBody: { channel, sent: true, ...sent } };
};

function shown({ key: _, ...alert }: Alert): Omit<Alert, 'key'> {
  return alert;
}

async function timelineOf({ stores }: TriggerServices, { id, groups }: Alert): Promise<readonly AlertNote[]> {
  const notes = await stores.alerts.notes(id);
  const sends = await Promise.all([...new Set(Object.values(groups))].map((group) => stores.alertGroups.sends(group)));
  return [...notes, ...sends.flat().map(noteOf)].toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

const STATES: Readonly<Record<AlertSend['state'], string>> = {
  sending: 'is being sent',
  sent: 'was sent',
  refused: 'was not taken',
  unknown: 'may have been sent: nobody knows',
};

function noteOf({ channel, message, state, lastAt, attempts, detail, reference }: AlertSend): AlertNote {
  const again = attempts > 1 ? ` in attempt ${attempts}` : '';
  const more = [detail, reference === null ? null : `reference ${reference}`].filter((part) => part !== null);
  const about = message.split(':')[0] ?? message;
  const text = `${about} to ${channel} ${STATES[state]}${again}${more.length === 0 ? '' : ` (${more.join('; ')})`}`;
  return { at: lastAt, event: state === 'sent' ? 'sent' : `send-${state}`, by: channel, text };
}

function decode(continuation: string): string {
  const text = Buffer.from(continuation, 'base64url').toString('utf8');
  if (/^\d{13}-al-[0-9a-f]{24}-\d{1,6}$/.test(text)) return text;
  throw new InvalidRequestError([{ path: 'continuation', message: 'is not one that an answer gave' }]);
}
