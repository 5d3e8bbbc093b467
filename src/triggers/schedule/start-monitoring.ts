import { MONITORING_INSTANCE } from '../../durable/contracts/monitoring';
import { ORCHESTRATORS } from '../../durable/contracts/names';
import { instanceStatus, isUnderWay } from '../instance-status';
import type { Orchestrations, TriggerServices } from '../trigger-services';

/** Starts a round of monitoring unless the last one is still at it. */
export async function startMonitoring({ log }: TriggerServices, client: Orchestrations): Promise<boolean> {
  if (isUnderWay(await instanceStatus(client, MONITORING_INSTANCE))) {
    log.debug('monitoring-still-running');
    return false;
  }
  await client.startNew(ORCHESTRATORS.monitoring, { instanceId: MONITORING_INSTANCE, input: {} });
  return true;
}
