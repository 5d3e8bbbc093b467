import type { DurableOrchestrationStatus } from 'durable-functions';
import type { Orchestrations } from './trigger-services';

/** The status of an orchestration; null when there is none of that id, which the client tells by a message only. */
export async function instanceStatus(
  client: Pick<Orchestrations, 'getStatus'>,
  instanceId: string,
): Promise<DurableOrchestrationStatus | null> {
  try {
    return await client.getStatus(instanceId);
  } catch (error) {
    if (error instanceof Error && error.message.includes('HTTP 404')) return null;
    throw error;
  }
}

const RUNNING: ReadonlySet<string> = new Set(['Running', 'Pending', 'ContinuedAsNew', 'Suspended']);

/** Whether anything more may happen in it. */
export function isUnderWay(status: Pick<DurableOrchestrationStatus, 'runtimeStatus'> | null): boolean {
  return status !== null && RUNNING.has(status.runtimeStatus);
}
