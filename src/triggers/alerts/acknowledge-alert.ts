import { AlertNotFoundError } from '../../errors/alert-not-found-error';
import { AlertResolvedError } from '../../errors/alert-resolved-error';
import { ALERTS_CHANGED_EVENT } from '../../durable/contracts/escalation';
import { reasonOf } from '../../errors/reason-of';
import type { Alert } from '../../model/alert';
import type { Orchestrations, TriggerServices } from '../trigger-services';

/** Who says something about an alert, and what. */
export interface Said {
  readonly by: string;
  readonly note: string;
}

type Services = Pick<TriggerServices, 'stores' | 'clock' | 'log'>;

/**
 * Somebody takes an alert up: nobody further is told. The first acknowledgement stands.
 * @throws {AlertNotFoundError | AlertResolvedError}
 */
export async function acknowledgeAlert(
  services: Services,
  client: Orchestrations,
  id: string,
  { by, note }: Said,
): Promise<Alert> {
  const { stores, clock } = services;
  const before = await findAlert(services, id);
  if (before.resolved !== null) throw new AlertResolvedError(id, before.resolved);
  const acknowledged = { by, at: clock.now(), note };
  const alert = await stores.alerts.change(id, (found) =>
    found.state === 'open' ? { ...found, state: 'acknowledged', acknowledged } : null,
  );
  if (alert === null) throw new AlertNotFoundError(id);
  // Written down by whoever was first.
  if (alert.acknowledged?.at === acknowledged.at && alert.acknowledged.by === by)
    await tell(services, client, alert, 'acknowledged', by, note);
  return alert;
}

/** Somebody says that it is over. @throws {AlertNotFoundError} */
export async function closeAlert(
  services: Services,
  client: Orchestrations,
  id: string,
  { by, note }: Said,
): Promise<Alert> {
  const resolved = { by, at: services.clock.now(), reason: note };
  await findAlert(services, id);
  const alert = await services.stores.alerts.change(id, (found) =>
    found.state === 'resolved' ? null : { ...found, state: 'resolved', resolved },
  );
  if (alert === null) throw new AlertNotFoundError(id);
  if (alert.resolved?.at === resolved.at && alert.resolved.by === by)
    await tell(services, client, alert, 'resolved', by, note);
  return alert;
}

/** @throws {AlertNotFoundError} */
export async function findAlert({ stores }: Pick<TriggerServices, 'stores'>, id: string): Promise<Alert> {
  const alert = await stores.alerts.get(id);
  if (alert === null) throw new AlertNotFoundError(id);
  return alert;
}

/** Writes it down, and wakes whoever tells of it. */
async function tell(
  { stores, clock, log }: Services,
  client: Orchestrations,
  alert: Alert,
  event: 'acknowledged' | 'resolved',
  by: string,
  text: string,
): Promise<void> {
  const at = clock.now();
  await stores.alerts.note(alert.id, { at, event, by, text });
  const detail = { note: text, pipeline: alert.pipeline };
  await stores.audit.append({ at, action: `alert-${event}`, by, subject: alert.id, detail, correlationId: alert.id });
  for (const group of new Set(Object.values(alert.groups))) {
    await client
      .raiseEvent(group, ALERTS_CHANGED_EVENT, {})
      .catch((error: unknown) => log.debug('escalation-not-woken', { group, reason: reasonOf(error) }));
  }
}
