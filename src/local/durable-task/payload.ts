import { isIncoming } from './history-event';
import type { HistoryEvent, Orchestration } from './model';

/** Fixed members of an orchestration trigger's input; the spelling is the extension's. */
const LIMITS = {
  upperSchemaVersion: 1,
  upperSchemaVersionNew: 3,
  longRunningTimerIntervalDuration: '3.00:00:00',
  maximumShortTimerDuration: '6.00:00:00',
  defaultHttpAsyncRequestSleepTimeMillseconds: 30000,
};

/**
 * Input of the orchestration trigger as JSON text. The text of old events is kept, since a long history would otherwise be
 * written anew in every episode.
 */
export function orchestratorPayload(one: Orchestration, fresh: readonly HistoryEvent[]): string {
  const { history, json } = one;
  for (const event of history.slice(json.length)) json.push(eventJson({ ...event, IsPlayed: isIncoming(event) }));
  const events = [...json, ...fresh.map(eventJson)];
  const rest = JSON.stringify({
    instanceId: one.id,
    isReplaying: history.length > 0,
    parentInstanceId: one.parent?.instanceId ?? null,
    ...LIMITS,
  });
  return `{"history":[${events.join(',')}],"input":${one.input ?? 'null'},${rest.slice(1)}`;
}

/** The host keeps an activity's input with its event; orchestrators are never shown it there. */
function eventJson({ ActivityInput: _, ...event }: HistoryEvent): string {
  return JSON.stringify(event);
}
