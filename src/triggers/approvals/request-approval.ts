import { createHash } from 'node:crypto';
import type { Guards } from '../../config/schema/guards';
import { reasonOf } from '../../errors/reason-of';
import { durationMs } from '../../model/duration';
import { approvalState, type ApprovalAction, type ApprovalRecord } from '../../model/approval';
import type { Stores } from '../../state/stores';
import type { Clock } from '../../platform/clock';
import type { Logger } from '../../observability/logger';
import type { Orchestrations } from '../trigger-services';
import { wakeApproval } from './wake-approval';

export interface Asking {
  readonly action: ApprovalAction;
  /** What makes two requests the same one, as long as the first waits. */
  readonly subject: string;
  readonly requester: string;
  readonly requesterId?: string;
  readonly reason: string;
  readonly summary: string;
  readonly correlationId?: string;
  /** Not again after it was decided. */
  readonly once?: boolean;
}

interface ApprovalServices {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly environment: string;
}

const MOST_ATTEMPTS = 10_000;

/** Records that something waits for an approval; asked for again while it waits, it is the same one. Its orchestration is started by whoever has a client, or the tick. */
export async function recordApproval(
  { stores, clock, environment }: ApprovalServices,
  guards: Guards,
  asking: Asking,
): Promise<ApprovalRecord> {
  const { action, subject, requester, reason, summary } = asking;
  for (let attempt = 1; attempt < MOST_ATTEMPTS; attempt += 1) {
    const id = idOf(environment, action.kind, subject, attempt);
    const known = await stores.approvals.get(id);
    if (known !== null && (asking.once === true || approvalState(known) === 'waiting')) return known;
    if (known !== null) continue;
    const requestedAt = clock.now();
    const deadlineMs = clock.nowMs() + durationMs(guards.approval?.deadline ?? '2d');
    const deadlineAt = new Date(deadlineMs).toISOString();
    const correlationId = asking.correlationId ?? id;
    const request = {
      id,
      action,
      environment,
      requester,
      ...(asking.requesterId !== undefined && { requesterId: asking.requesterId }),
      requestedAt,
      deadlineAt,
      reason,
      summary,
      correlationId,
    };
    if (!(await stores.approvals.create(request))) continue;
    await stores.audit.append({
      at: requestedAt,
      action: 'approval-requested',
      by: requester,
      subject: id,
      detail: { kind: action.kind, summary, reason, deadlineAt },
      correlationId,
    });
    return { ...request, decision: null, end: null };
  }
  throw new RangeError(`${subject} was asked for too often`);
}

/** Records it, and starts its orchestration; where that fails, the tick starts it. */
export async function requestApproval(
  services: ApprovalServices & { readonly log: Logger },
  client: Orchestrations,
  guards: Guards,
  asking: Asking,
): Promise<ApprovalRecord> {
  const approval = await recordApproval(services, guards, asking);
  await wakeApproval(client, approval).catch((error: unknown) =>
    services.log.warn('approval-not-started-yet', { approval: approval.id, reason: reasonOf(error) }),
  );
  return approval;
}

function idOf(environment: string, kind: string, subject: string, attempt: number): string {
  const text = JSON.stringify(['approval', environment, kind, subject, attempt]);
  return `ap-${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;
}
