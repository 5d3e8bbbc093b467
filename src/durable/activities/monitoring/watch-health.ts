import { EntityId } from 'durable-functions';
import type { AlertsConfig } from '../../../config/schema/alerts';
import { toFailure } from '../../../errors/to-failure';
import type { AlertKind } from '../../../model/alert';
import { durationMs } from '../../../model/duration';
import { expiringWithin } from '../../../model/secret-expiry';
import {
  breakerOpen,
  CONDITION_KINDS,
  QUARANTINE_KINDS,
  secretExpiring,
  resourceShort,
  runsQueued,
  slotsAwaited,
  type Condition,
} from '../../../monitoring/conditions';
import { SLOT_POOL, type BreakerState, type SlotsState } from '../../contracts/entities';
import type { MonitoringInput, MonitoringReport } from '../../contracts/monitoring';
import { ENTITIES } from '../../contracts/names';
import type { ActivityServices } from '../activity-services';
import { raiseAlert, resolveAlert } from '../alerts/raise-alert';
import { passed } from './passed';
import { watchCosts } from './watch-costs';
import { watchQuarantine } from './watch-quarantine';
import type { WatchingClient } from './watching-client';

/** Counting what waits in quarantine reads much, and changes slowly. */
const QUARANTINE_EVERY_MS = 10 * 60_000;
/** Adding a day up reads every execution of it. */
const COSTS_EVERY_MS = 15 * 60_000;
/** Asking the vault costs a request for each secret. */
const SECRETS_EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;

type Watch = AlertsConfig['watch'];
/** What is wrong; or was wrong, and is over: its alert stays open for one round, so that it is told of. */
type Found = Condition | { readonly over: Condition };
type Look = (
  services: ActivityServices,
  client: WatchingClient,
  watch: Watch | null,
  now: string,
) => Promise<readonly Found[]>;

/** What is looked at in each round, with the kinds of alerts that it stands for. */
const LOOKS: readonly (readonly [readonly AlertKind[], Look])[] = [
  [['breaker-open'], breakers],
  [['slot-wait'], slots],
  [['memory', 'temp-disk'], resources],
  [['queued-runs'], queuedRuns],
];

/** Raises an alert for what is wrong with the app, and resolves those of what is over. What cannot be seen stays as it was. */
export async function watchHealth(
  services: ActivityServices,
  client: WatchingClient,
  { now }: MonitoringInput,
): Promise<MonitoringReport> {
  const watch = services.alerting.config()?.watch ?? null;
  const present = new Set<string>();
  const seen = new Set<AlertKind>();
  const take = async (kinds: Iterable<AlertKind>, look: Look): Promise<void> => {
    try {
      for (const found of await look(services, client, watch, now)) {
        const isOver = 'over' in found;
        const condition = isOver ? found.over : found;
        const { lastAt } = await raiseAlert(services, condition);
        if (!isOver || lastAt === now) present.add(condition.key);
      }
      for (const kind of kinds) seen.add(kind);
    } catch (error) {
      const { code, message } = toFailure(error);
      services.log.error('not-watched', { kinds: [...kinds].join(','), code, message });
    }
  };
  for (const [kinds, look] of LOOKS) await take(kinds, look);
  if (watch !== null && (await passed(services.stores.cursors, '~watch-quarantine', QUARANTINE_EVERY_MS, now))) {
    await take(QUARANTINE_KINDS, (all, _client, _watch, at) => watchQuarantine(all, watch, at));
  }
  if (watch !== null && (await passed(services.stores.cursors, '~watch-costs', COSTS_EVERY_MS, now))) {
    await take(['cost'], (all, _client, _watch, at) => watchCosts(all, watch, at));
  }
  if (watch !== null && (await passed(services.stores.cursors, '~watch-secrets', SECRETS_EVERY_MS, now))) {
    await take(['secret-expiring'], secretsThatEnd);
  }
  for (const { id, kind, key } of await services.stores.alerts.unresolved()) {
    const isCondition = CONDITION_KINDS.has(kind) || QUARANTINE_KINDS.has(kind);
    if (!isCondition || !seen.has(kind) || present.has(key)) continue;
    await resolveAlert(services, client, id, { by: 'sluice', at: now, reason: 'it is over' });
  }
  return { task: 'watch-health', count: present.size };
}

/** What opened and closed between two rounds is told of too. */
async function breakers(services: ActivityServices, client: WatchingClient, _watch: Watch | null, now: string) {
  const found: Found[] = [];
  for (const connection of Object.keys(services.watched().connections)) {
    const id = new EntityId(ENTITIES.circuitBreaker, connection);
    const { entityExists, entityState } = await client.readEntityState<BreakerState>(id);
    if (!entityExists || !entityState) continue;
    if (entityState.state === 'closed') {
      const last = entityState.lastOpening;
      if (last === undefined || Date.parse(now) - last.closedAt > DAY_MS) continue;
      const openedAt = new Date(last.openedAt).toISOString();
      found.push({ over: breakerOpen(connection, openedAt, last.reason, now) });
      continue;
    }
    const openedAt = new Date(entityState.openedAt).toISOString();
    const reason = entityState.state === 'open' ? entityState.reason : 'a call is let through to see';
    found.push(breakerOpen(connection, openedAt, reason, now));
  }
  return found;
}

async function slots(services: ActivityServices, client: WatchingClient, watch: Watch | null, now: string) {
  const found: Condition[] = [];
  if (watch === null) return found;
  const limited = Object.entries(services.watched().connections).filter(([, it]) => it.maxPartitions !== undefined);
  const queues = [
    { connection: null, id: new EntityId(ENTITIES.slotPool, SLOT_POOL) },
    ...limited.map(([connection]) => ({ connection, id: new EntityId(ENTITIES.connectionSlots, connection) })),
  ];
  for (const { connection, id } of queues) {
    const { entityExists, entityState } = await client.readEntityState<SlotsState>(id);
    const waiting =
      entityExists && entityState ? entityState.queue.filter(({ expiresAt }) => expiresAt > Date.parse(now)).length : 0;
    const since = await waitingSince(
      services,
      `~slot-wait${connection === null ? '' : `:${connection}`}`,
      waiting,
      now,
    );
    if (since !== null && Date.parse(now) - Date.parse(since) > durationMs(watch.slotWait)) {
      found.push(slotsAwaited(connection, waiting, since, now));
    }
  }
  return found;
}

/** Since when a queue is there without a break; null where it is not. The cursor keeps it, and is empty since the queue was seen to be gone. */
async function waitingSince(
  { stores }: ActivityServices,
  cursor: string,
  waiting: number,
  now: string,
): Promise<string | null> {
  const since = await stores.cursors.get(cursor);
  const isKnown = since !== null && since !== '';
  if (waiting === 0) {
    if (isKnown) await stores.cursors.move(cursor, since, '');
    return null;
  }
  if (isKnown) return since;
  await stores.cursors.move(cursor, since, now);
  return now;
}

async function resources(services: ActivityServices, _client: WatchingClient, watch: Watch | null, now: string) {
  if (watch === null) return [];
  const { memory, tempDisk } = await services.resources();
  const beyond = ({ used, limit }: { used: number; limit: number }, bound: string): boolean =>
    limit > 0 && used / limit > Number.parseInt(bound, 10) / 100;
  return [
    ...(beyond(memory, watch.memory) ? [resourceShort('memory', memory.used, memory.limit, watch.memory, now)] : []),
    ...(beyond(tempDisk, watch.tempDisk)
      ? [resourceShort('temp-disk', tempDisk.used, tempDisk.limit, watch.tempDisk, now)]
      : []),
  ];
}

async function queuedRuns({ stores }: ActivityServices, _client: WatchingClient, watch: Watch | null, now: string) {
  if (watch === null) return [];
  const waiting = (await stores.runs.unstarted(0)).length;
  return waiting > watch.queuedRuns ? [runsQueued(waiting, watch.queuedRuns, now)] : [];
}

async function secretsThatEnd(services: ActivityServices, _client: WatchingClient, watch: Watch | null, now: string) {
  if (watch === null) return [];
  const ending = expiringWithin(await services.secretExpiries(), durationMs(watch.secretsExpire) / DAY_MS);
  return ending.flatMap(({ name, expiresOn }) => (expiresOn === null ? [] : [secretExpiring(name, expiresOn, now)]));
}
