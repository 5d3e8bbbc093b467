import type { OrchestrationContext } from 'durable-functions';
import type { EventName } from '../../observability/events';
import type { PipelineScope } from '../contracts/scope';

/** Writes a log event of an orchestration, with what its input says that it belongs to, once, though the code that writes it runs again at every replay. */
export function logOnce(
  context: OrchestrationContext,
  level: 'info' | 'warn',
  event: EventName,
  fields: Readonly<Record<string, string | number | boolean | null>>,
): void {
  if (context.df.isReplaying) return;
  const { runId, pipeline, correlationId } = context.df.getInput<Partial<PipelineScope> | undefined>() ?? {};
  const instanceId = context.df.instanceId;
  context[level](JSON.stringify({ event, instanceId, runId, pipeline, correlationId, ...fields }));
}
