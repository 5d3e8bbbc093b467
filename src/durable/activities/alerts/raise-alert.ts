import type { Alert, AlertEvent } from '../../../model/alert';
import { severityOf } from '../../../monitoring/match-alert';
import { redact } from '../../../observability/redact';
import type { ActivityServices } from '../activity-services';
import type { WatchingClient } from '../monitoring/watching-client';
import { wakeGroups } from './wake-groups';

type Needed = Pick<ActivityServices, 'stores' | 'log' | 'alerting'>;

/** Raises an alert, with the severity that alerts.yaml gives it; the same event again changes nothing. */
export async function raiseAlert({ stores, log, alerting }: Needed, event: AlertEvent): Promise<Alert> {
  const severity = severityOf(alerting.config(), event);
  const { alert, raised } = await stores.alerts.raise({
    ...event,
    severity,
    what: redact(event.what),
    title: redact(event.title),
  });
  if (raised === 'new') {
    const { kind, pipeline, code } = event;
    log.warn('alert-raised', { alert: alert.id, kind, severity, pipeline, code });
  }
  return alert;
}

/** Resolves an alert, and wakes whoever tells of it; one that is resolved stays as it was. */
export async function resolveAlert(
  { stores, log }: Pick<ActivityServices, 'stores' | 'log'>,
  client: Pick<WatchingClient, 'raiseEvent'>,
  id: string,
  { by, at, reason }: { readonly by: string; readonly at: string; readonly reason: string },
): Promise<void> {
  const before = await stores.alerts.get(id);
  if (before === null || before.state === 'resolved') return;
  const resolved = { by, at, reason };
  const alert = await stores.alerts.change(id, (found) =>
    found.state === 'resolved' ? null : { ...found, state: 'resolved', resolved },
  );
  if (alert === null) return;
  await stores.alerts.note(id, { at, event: 'resolved', by, text: reason });
  log.info('alert-resolved', { alert: id, by, reason });
  await wakeGroups(client, alert, log);
}
