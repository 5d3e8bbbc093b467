import { randomUUID } from 'node:crypto';
import { ORCHESTRATORS } from '../../durable/contracts/names';
import { MAINTENANCE_INSTANCE, type MaintenanceOrchestrationInput } from '../../durable/contracts/orchestrations';
import { instanceStatus, isUnderWay } from '../instance-status';
import type { Orchestrations, TriggerServices } from '../trigger-services';

/** Starts the maintenance of the hour unless the last one is still at it. */
export async function startMaintenance(services: TriggerServices, client: Orchestrations): Promise<boolean> {
  if (isUnderWay(await instanceStatus(client, MAINTENANCE_INSTANCE))) {
    services.log.warn('maintenance-still-running');
    return false;
  }
  await client.startNew(ORCHESTRATORS.maintenance, {
    instanceId: MAINTENANCE_INSTANCE,
    input: inputOf(services, false),
  });
  return true;
}

/** Starts one that only tells what it would do; gives its id. */
export async function startDryMaintenance(services: TriggerServices, client: Orchestrations): Promise<string> {
  const instanceId = `${MAINTENANCE_INSTANCE}-dry-${randomUUID()}`;
  await client.startNew(ORCHESTRATORS.maintenance, { instanceId, input: inputOf(services, true) });
  return instanceId;
}

function inputOf({ project }: TriggerServices, dryRun: boolean): MaintenanceOrchestrationInput {
  const { partial } = project.load();
  return { dryRun, pipelines: Object.keys(partial.pipelines), connections: Object.keys(partial.connections) };
}
