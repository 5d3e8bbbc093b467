import { EntityId, OrchestrationRuntimeStatus, type DurableClient } from 'durable-functions';
import { SLOT_POOL, type LeaseRelease, type SlotsRelease } from '../contracts/entities';
import { ENTITIES } from '../contracts/names';

/** What maintenance asks the durable client. */
export interface MaintenanceClient {
  /** Runtime status of an instance; null where there is none. */
  readonly statusOf: (instanceId: string) => Promise<string | null>;
  /** Removes the histories of instances that ended between the two times, and gives their number. */
  readonly purge: (from: Date, to: Date) => Promise<number>;
  /** Takes the lease of a pipeline, or the place in its queue, from a run that is gone. */
  readonly releaseLease: (pipeline: string, runId: string) => Promise<void>;
  /** Gives back what a run that is gone holds of a connection's slots; null: of the app's. */
  readonly releaseSlots: (connection: string | null, runId: string) => Promise<void>;
}

const ENDED = [
  OrchestrationRuntimeStatus.Completed,
  OrchestrationRuntimeStatus.Failed,
  OrchestrationRuntimeStatus.Terminated,
];

/** The real one. */
export function maintenanceClient(client: DurableClient): MaintenanceClient {
  return {
    async statusOf(instanceId) {
      try {
        return (await client.getStatus(instanceId, { showInput: false })).runtimeStatus;
      } catch (error) {
        // The SDK throws a plain error; its text is all that tells "not found" from "not reachable".
        if (error instanceof Error && error.message.includes('HTTP 404')) return null;
        throw error;
      }
    },
    async purge(createdTimeFrom, createdTimeTo) {
      return (await client.purgeInstanceHistoryBy({ createdTimeFrom, createdTimeTo, runtimeStatus: ENDED }))
        .instancesDeleted;
    },
    async releaseLease(pipeline, runId) {
      const release: LeaseRelease = { holder: runId };
      await client.signalEntity(new EntityId(ENTITIES.pipelineLease, pipeline), 'release', release);
    },
    async releaseSlots(connection, runId) {
      const release: SlotsRelease = { holder: runId };
      const entity =
        connection === null
          ? new EntityId(ENTITIES.slotPool, SLOT_POOL)
          : new EntityId(ENTITIES.connectionSlots, connection);
      await client.signalEntity(entity, 'give-run', release);
    },
  };
}
