import type { AlertRoute, AlertsConfig } from '../config/schema/alerts';
import { durationMs } from '../model/duration';
import type { LadderPolicy } from '../resilience/ladder';
import { nextDue } from './due-times';

/** The ladder that a route describes. */
export function ladderOf(route: AlertRoute, { channels }: Pick<AlertsConfig, 'channels'>): LadderPolicy {
  const otherwise = Object.entries(channels).flatMap(([name, channel]) =>
    channel.otherwise === undefined ? [] : [[name, channel.otherwise] as const],
  );
  return {
    levels: route.ladder.map(({ notify, action, wait }) => ({
      notify,
      action: action ?? null,
      waitMs: durationMs(wait),
    })),
    intervalMs: durationMs(route.groupInterval),
    repeatMs: route.repeat === undefined ? null : durationMs(route.repeat),
    digest: route.digest !== undefined,
    otherwise: Object.fromEntries(otherwise),
  };
}

/** When a group of the route that is made now is told of first. Milliseconds since 1970. */
export function firstDueOf({ digest, groupWait }: Pick<AlertRoute, 'digest' | 'groupWait'>, nowMs: number): number {
  return digest === undefined ? nowMs + durationMs(groupWait) : nextDue(digest, nowMs).at;
}
