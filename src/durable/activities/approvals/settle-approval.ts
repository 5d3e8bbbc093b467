import { toFailure } from '../../../errors/to-failure';
import type { ApprovalDecision, ApprovalEnd, ApprovalRecord } from '../../../model/approval';
import type { SettleApprovalInput, SettledApproval } from '../../contracts/approval';
import type { ActivityServices } from '../activity-services';
import type { ReviewClient } from '../review/review-client';

/**
 * Does what follows from where an approval stands: nothing while it waits; at its deadline it has expired; what was approved is done. May be repeated at any
 * point: decision and end are rows that are written once, and what is done is begun under ids that follow from the approval.
 */
export async function settleApproval(
  services: ActivityServices,
  client: ReviewClient,
  { approval: id, now }: SettleApprovalInput,
): Promise<SettledApproval> {
  const { approvals } = services.stores;
  const approval = await approvals.get(id);
  if (approval === null) return { ended: true };
  if (approval.end !== null) {
    // The index may still say that it is open.
    await approvals.end(id, approval.end);
    return { ended: true };
  }
  const decision = approval.decision ?? (now >= approval.deadlineAt ? await expire(services, approval, now) : null);
  if (decision === null) return { ended: false };
  const end = await endOf(services, client, approval, decision, now);
  if (decision.verdict === 'approved') {
    const { requester, correlationId, action } = approval;
    await services.stores.audit.append({
      at: end.at,
      action: end.failure === null ? 'approval-done' : 'approval-failed',
      by: requester,
      subject: id,
      detail: { kind: action.kind, approvedBy: decision.by, ...end.result, code: end.failure?.code ?? null },
      correlationId,
    });
  }
  await approvals.end(id, end);
  return { ended: true };
}

async function expire(
  { stores, log }: ActivityServices,
  { id, correlationId, deadlineAt }: ApprovalRecord,
  now: string,
): Promise<ApprovalDecision> {
  const reason = `nobody decided until ${deadlineAt}`;
  const decision = await stores.approvals.decide(id, { verdict: 'expired', by: 'deadline', at: now, reason });
  // Whoever decided at this moment was first.
  if (decision.verdict !== 'expired') return decision;
  log.warn('approval-expired', { approval: id });
  await stores.audit.append({
    at: decision.at,
    action: 'approval-expired',
    by: 'deadline',
    subject: id,
    detail: { reason },
    correlationId,
  });
  return decision;
}

async function endOf(
  services: ActivityServices,
  client: ReviewClient,
  approval: ApprovalRecord,
  { verdict, by }: ApprovalDecision,
  at: string,
): Promise<ApprovalEnd> {
  if (verdict !== 'approved') return { at, result: {}, failure: null };
  try {
    return { at, result: await services.carryOut(client, approval, by), failure: null };
  } catch (error) {
    const failure = toFailure(error);
    // What may be otherwise soon is tried again.
    if (failure.class === 'transient' || failure.class === 'infrastructure') throw error;
    services.log.warn('approval-failed', { approval: approval.id, code: failure.code, message: failure.message });
    return { at, result: {}, failure };
  }
}
