import type { OrchestrationContext } from 'durable-functions';
import type { EventName } from '../../observability/events';

/** Writes a log event of an orchestration once, though the code that writes it runs again at every replay. */
export function logOnce(
  context: OrchestrationContext,
  level: 'info' | 'warn',
  event: EventName,
  fields: Readonly<Record<string, string | number | boolean | null>>,
): void {
  if (context.df.isReplaying) return;
  context[level](JSON.stringify({ event, instanceId: context.df.instanceId, ...fields }));
}
