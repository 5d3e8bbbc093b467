import { durationMs } from '../../../model/duration';
import type { AlertRoute, AlertsConfig } from '../../../config/schema/alerts';
import { reasonOf } from '../../../errors/reason-of';
import { toFailure } from '../../../errors/to-failure';
import type { Alert } from '../../../model/alert';
import type { AlertGroup } from '../../../model/alert-group';
import { isStorm } from '../../../monitoring/is-storm';
import { firstDueOf, ladderOf } from '../../../monitoring/ladder-of';
import { groupKeyOf, routesOf } from '../../../monitoring/match-alert';
import { maintenanceOf } from '../../../monitoring/quiet-hours';
import { firstProgress } from '../../../resilience/ladder';
import { ALERTS_CHANGED_EVENT, type EscalationInput } from '../../contracts/escalation';
import type { MonitoringInput, MonitoringReport } from '../../contracts/monitoring';
import { ORCHESTRATORS } from '../../contracts/names';
import type { ActivityServices } from '../activity-services';
import type { WatchingClient } from '../monitoring/watching-client';
import { groupAlerts, stateOf } from './group-alerts';

const ALIVE: ReadonlySet<string> = new Set(['Running', 'Pending', 'Suspended', 'ContinuedAsNew']);

/** Brings alerts to whom they concern: puts each into a group of its routes, and sees to it that every open group is told of. */
export async function dispatchAlerts(
  services: ActivityServices,
  client: WatchingClient,
  { now }: MonitoringInput,
): Promise<MonitoringReport> {
  const { stores, alerting, log } = services;
  const config = alerting.config();
  if (config === null) return { task: 'dispatch-alerts', count: 0 };
  const joined = new Set<string>();
  for (const alert of await stores.alerts.unresolved()) {
    // It would take the road that does not lead anywhere.
    if (alert.kind === 'channel-failed') continue;
    try {
      for (const group of await dispatchOne(services, config, alert, now)) joined.add(group);
    } catch (error) {
      const { code, message } = toFailure(error);
      log.error('alert-not-dispatched', { alert: alert.id, code, message });
    }
  }
  for (const group of await stores.alertGroups.open()) {
    try {
      await keepTelling(services, client, config, group, joined.has(group.id), now);
    } catch (error) {
      log.error('escalation-not-started', { group: group.id, reason: reasonOf(error) });
    }
  }
  return { task: 'dispatch-alerts', count: joined.size };
}

/** Gives the groups that it joined now. */
async function dispatchOne(
  { stores }: ActivityServices,
  config: AlertsConfig,
  alert: Alert,
  now: string,
): Promise<readonly string[]> {
  const routes = routesOf(config, alert).filter(({ name }) => !Object.hasOwn(alert.groups, name));
  if (routes.length === 0) return [];
  const nowMs = Date.parse(now);
  const window = maintenanceOf(config.maintenance, alert, nowMs);
  if (window !== null) {
    const text = `Told of to nobody until ${new Date(window.untilMs).toISOString()}: ${window.reason}`;
    await stores.alerts.note(alert.id, { at: alert.firstAt, event: 'held', by: 'maintenance', text });
    return [];
  }
  const groups: string[] = [];
  for (const route of routes) {
    const key = groupKeyOf(route, alert);
    const group = await stores.alertGroups.join(alert.id, await groupFor(stores, config, route, key, now));
    // Last: what dies before it joins the same group again.
    await stores.alerts.change(alert.id, (found) => ({
      ...found,
      groups: { ...found.groups, [route.name]: group.id },
    }));
    groups.push(group.id);
  }
  return groups;
}

/** The group of a key; during a storm the one in which all others are told of together. */
async function groupFor(
  stores: ActivityServices['stores'],
  { storm }: AlertsConfig,
  route: AlertRoute,
  key: string,
  now: string,
): Promise<Parameters<typeof stores.alertGroups.join>[1]> {
  const nowMs = Date.parse(now);
  const made = { route: route.name, createdAt: now, dueAt: new Date(firstDueOf(route, nowMs)).toISOString() };
  const usual = { ...made, key, storm: false };
  if (route.digest !== undefined || (await stores.alertGroups.isOpen(key))) return usual;
  const perMs = durationMs(storm.per);
  const madeAt = (await stores.alertGroups.madeSince(new Date(nowMs - perMs).toISOString())).map((at) =>
    Date.parse(at),
  );
  return isStorm(madeAt, { most: storm.most, perMs }, nowMs)
    ? { ...made, key: JSON.stringify(['storm', route.name]), storm: true }
    : usual;
}

/** Starts the escalation of a group where there is none, and wakes it where an alert joined. */
async function keepTelling(
  services: ActivityServices,
  client: WatchingClient,
  config: AlertsConfig,
  group: AlertGroup,
  joined: boolean,
  now: string,
): Promise<void> {
  const status = await statusOf(client, group.id);
  if (status !== null && ALIVE.has(status)) {
    if (joined) await client.raiseEvent(group.id, ALERTS_CHANGED_EVENT, {});
    return;
  }
  const route = config.routes.find(({ name }) => name === group.route);
  if (route === undefined) {
    // Nobody is to be told any more.
    await services.stores.alertGroups.close(
      group.id,
      now,
      async (found) => stateOf(await groupAlerts(services, found)) === 'resolved',
    );
    return;
  }
  const input: EscalationInput = {
    group: group.id,
    policy: ladderOf(route, config),
    progress: firstProgress(Date.parse(group.dueAt)),
  };
  await client.startNew(ORCHESTRATORS.escalation, { instanceId: group.id, input });
  services.log.info('escalation-started', { group: group.id, route: group.route, restarted: status !== null });
}

async function statusOf(client: WatchingClient, id: string): Promise<string | null> {
  try {
    return (await client.getStatus(id)).runtimeStatus;
  } catch (error) {
    // The SDK throws a plain error; its text is all that tells "not found" from "not reachable".
    if (error instanceof Error && error.message.includes('HTTP 404')) return null;
    throw error;
  }
}
