import { EntityId } from 'durable-functions';
import { SLOT_POOL, type LeaseRelease, type SlotsRelease } from '../durable/contracts/entities';
import { ENTITIES } from '../durable/contracts/names';
import type { RunRecord } from '../durable/contracts/run-record';
import { terminateTree } from './terminate-tree';
import type { Orchestrations, TriggerServices } from './trigger-services';

/** Ends every orchestration of a run at once and takes back its leases and slots. Gives the ids of what was ended. */
export async function endTree(
  { project }: TriggerServices,
  client: Orchestrations,
  run: RunRecord,
): Promise<readonly string[]> {
  const terminated = await terminateTree(client, run.runId, run.requestedAt);
  const release: LeaseRelease = { holder: run.runId };
  const slots: SlotsRelease = { holder: run.runId };
  for (const { pipeline } of run.pipelines) {
    await client.signalEntity(new EntityId(ENTITIES.pipelineLease, pipeline), 'release', release);
  }
  for (const [connection, { maxPartitions }] of Object.entries(project.load().partial.connections)) {
    if (maxPartitions === undefined) continue;
    await client.signalEntity(new EntityId(ENTITIES.connectionSlots, connection), 'give-run', slots);
  }
  await client.signalEntity(new EntityId(ENTITIES.slotPool, SLOT_POOL), 'give-run', slots);
  return terminated;
}
