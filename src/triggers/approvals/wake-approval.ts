import type { ApprovalInput } from '../../durable/contracts/approval';
import { ORCHESTRATORS } from '../../durable/contracts/names';
import { DECIDED_EVENT } from '../../durable/contracts/review';
import type { ApprovalRequest } from '../../model/approval';
import { instanceStatus, isUnderWay } from '../instance-status';
import type { Orchestrations } from '../trigger-services';

/** Starts the orchestration of an approval, or wakes it where it is under way already: what was decided stands in the store. */
export async function wakeApproval(
  client: Orchestrations,
  { id, deadlineAt }: Pick<ApprovalRequest, 'id' | 'deadlineAt'>,
): Promise<void> {
  const instanceId = `approval-${id}`;
  if (isUnderWay(await instanceStatus(client, instanceId))) {
    await client.raiseEvent(instanceId, DECIDED_EVENT, {});
    return;
  }
  const input: ApprovalInput = { approval: id, deadlineAt: Date.parse(deadlineAt) };
  await client.startNew(ORCHESTRATORS.approval, { instanceId, input });
}
