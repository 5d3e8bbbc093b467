import { EntityId } from 'durable-functions';
import { toFailure } from '../../../errors/to-failure';
import { durationMs } from '../../../model/duration';
import type { LadderAction } from '../../../resilience/ladder';
import type { BreakerTrip } from '../../contracts/entities';
import type { ActOnAlertsInput } from '../../contracts/escalation';
import { ENTITIES } from '../../contracts/names';
import type { ActivityServices } from '../activity-services';
import type { WatchingClient } from '../monitoring/watching-client';
import { groupAlerts } from './group-alerts';

const BY = 'alerts';

/** Does what the ladder says, for each pipeline or connection of alerts that are open, and notes it on them. Each action may be repeated: it is done once. */
export async function actOnAlerts(
  services: ActivityServices,
  client: WatchingClient,
  { group: id, action, message, now }: ActOnAlertsInput,
): Promise<null> {
  const { stores, log } = services;
  const group = await stores.alertGroups.get(id);
  const open = group === null ? [] : (await groupAlerts(services, group)).filter(({ state }) => state === 'open');
  const of = (
    action === 'openBreaker' ? open.map(({ connection }) => connection) : open.map(({ pipeline }) => pipeline)
  ).filter((name) => name !== null);
  for (const name of new Set(of)) {
    let text: string;
    try {
      text = await ACTIONS[action](services, client, name, { group: id, message, now });
    } catch (error) {
      const { code, message: reason } = toFailure(error);
      text = `${action} of ${name} failed: ${code}: ${reason}`;
      log.error('alert-action-failed', { group: id, action, subject: name, code, message: reason });
    }
    const concerned = open.filter(
      ({ pipeline, connection }) => (action === 'openBreaker' ? connection : pipeline) === name,
    );
    for (const alert of concerned) await stores.alerts.note(alert.id, { at: now, event: 'acted', by: BY, text });
    await stores.audit.append({
      at: now,
      action: `alert-action-${action}`,
      by: BY,
      subject: name,
      detail: { group: id, text },
      correlationId: id,
    });
  }
  return null;
}

interface Acting {
  readonly group: string;
  readonly message: string;
  readonly now: string;
}
type Act = (services: ActivityServices, client: WatchingClient, name: string, acting: Acting) => Promise<string>;

const ACTIONS: Readonly<Record<LadderAction, Act>> = {
  pause: async ({ stores }, _client, pipeline, { group, now }) => {
    const reason = `nobody acknowledged the alerts ${group}`;
    const before = await stores.pauses.get(pipeline);
    if (before !== null && before.reason !== reason) return `${pipeline} was paused before, by ${before.by}`;
    await stores.pauses.pause(pipeline, { by: BY, at: now, reason });
    return `${pipeline} was paused; sluice resume ${pipeline} ends it`;
  },
  rerun: async ({ alerting }, client, pipeline, { group, message }) => {
    const { runId } = await alerting.rerun(client, pipeline, `${group}:${message}`);
    return `${pipeline} was started again as ${runId}`;
  },
  openBreaker: async (services, client, connection, { group, now }) => {
    const openFor = services.watched().connections[connection]?.breaker.openFor ?? '1m';
    const trip: BreakerTrip = {
      now: Date.parse(now),
      openForMs: durationMs(openFor),
      reason: `nobody acknowledged the alerts ${group}`,
    };
    await client.signalEntity(new EntityId(ENTITIES.circuitBreaker, connection), 'trip', trip);
    return `the breaker of ${connection} was opened for ${openFor}`;
  },
};
