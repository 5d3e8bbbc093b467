import { OrchestrationRuntimeStatus } from 'durable-functions';
import { instanceStatus, isUnderWay } from './instance-status';
import type { Orchestrations } from './trigger-services';

/** A round finds the children that those of the round before had just made. */
const ROUNDS = 5;
/** Goes into a URL unescaped. */
const REASON = 'cancelled';

/**
 * Terminates a run's master and everything below it: terminating a parent leaves its children running. Children's ids
 * begin with their parent's. Gives the ids. `since` bounds the search: ISO 8601, the time the run was asked for.
 */
export async function terminateTree(client: Orchestrations, runId: string, since: string): Promise<readonly string[]> {
  const ended = new Set<string>();
  if (isUnderWay(await instanceStatus(client, runId))) {
    await client.terminate(runId, REASON);
    ended.add(runId);
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    const running = await client.getStatusBy({
      // Clocks of storage and app may differ a little.
      createdTimeFrom: new Date(Date.parse(since) - 300_000),
      runtimeStatus: [OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Pending],
    });
    const children = running
      .map(({ instanceId }) => instanceId)
      .filter((id) => id.startsWith(`${runId}.`) && !ended.has(id));
    if (children.length === 0) break;
    for (const child of children) {
      await client.terminate(child, REASON);
      ended.add(child);
    }
  }
  return [...ended];
}
