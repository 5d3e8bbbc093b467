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
  const { partial } = services.project.load();
  const input: MaintenanceOrchestrationInput = {
    dryRun: false,
    pipelines: Object.keys(partial.pipelines),
    connections: Object.keys(partial.connections),
  };
  await client.startNew(ORCHESTRATORS.maintenance, { instanceId: MAINTENANCE_INSTANCE, input });
  return true;
}
