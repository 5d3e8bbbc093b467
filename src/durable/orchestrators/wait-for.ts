import type { OrchestrationContext } from 'durable-functions';
import type { Durable } from './durable';

/** Waits on the orchestration's own clock; survives restarts. */
export function* waitFor(context: OrchestrationContext, milliseconds: number): Durable<void> {
  yield context.df.createTimer(new Date(clockOf(context) + milliseconds));
}

/** The orchestration's clock: milliseconds since 1970, the same at every replay. */
export function clockOf(context: OrchestrationContext): number {
  return context.df.currentUtcDateTime.getTime();
}

/** The orchestration's clock as ISO 8601, UTC. */
export function timeOf(context: OrchestrationContext): string {
  return context.df.currentUtcDateTime.toISOString();
}
