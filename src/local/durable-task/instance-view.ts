import { historyView } from './history-view';
import type { Entity, Orchestration } from './model';

/** Status of an orchestration as the management API gives it. */
export function instanceView(one: Orchestration, query: URLSearchParams): Record<string, unknown> {
  const asks = (name: string): boolean => query.get(name)?.toLowerCase() === 'true';
  return {
    name: one.name,
    instanceId: one.id,
    runtimeStatus: one.status,
    input: query.get('showInput')?.toLowerCase() === 'false' ? null : parseText(one.shownInput),
    customStatus: one.customStatus ?? null,
    output: outputOf(one),
    createdTime: seconds(one.createdTime),
    lastUpdatedTime: seconds(one.lastUpdatedTime),
    ...(asks('showHistory') ? { historyEvents: historyView(one, asks('showHistoryOutput')) } : {}),
  };
}

/** An entity seen as the orchestration that it is inside the real host. */
export function entityInstanceView(one: Entity): Record<string, unknown> {
  const at = seconds(one.lastUpdatedTime);
  return {
    name: one.id,
    instanceId: one.id,
    runtimeStatus: 'Running',
    input: { exists: one.exists, ...(one.state === null ? {} : { state: one.state }), sorter: {} },
    customStatus: { entityExists: one.exists },
    output: null,
    createdTime: at,
    lastUpdatedTime: at,
  };
}

/** The output: JSON of the orchestrator, or the plain text of a failure or a reason. */
export function outputOf(one: Orchestration): unknown {
  if (one.output === null || one.output === '') return null;
  return one.status === 'Completed' ? parseText(one.output) : one.output;
}

/** JSON text as a value. */
export function parseText(text: string | null): unknown {
  return text === null ? null : (JSON.parse(text) as unknown);
}

function seconds(time: string): string {
  return `${time.slice(0, 19)}Z`;
}
