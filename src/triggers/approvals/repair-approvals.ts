import { instanceStatus, isUnderWay } from '../instance-status';
import type { Orchestrations, TriggerServices } from '../trigger-services';
import { wakeApproval } from './wake-approval';

/** Starts the orchestrations of approvals that have none: those that a deployment asks for, and those that were lost. */
export async function repairApprovals(
  { stores, log }: Pick<TriggerServices, 'stores' | 'log'>,
  client: Orchestrations,
): Promise<void> {
  for (const approval of await stores.approvals.open()) {
    if (isUnderWay(await instanceStatus(client, `approval-${approval.id}`))) continue;
    await wakeApproval(client, approval);
    log.info('approval-started', { approval: approval.id });
  }
}
