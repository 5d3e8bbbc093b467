import type { HttpRequest } from '@azure/functions';
import { z } from 'zod';
import { ApprovalDecidedError } from '../../errors/approval-decided-error';
import { ApprovalNotFoundError } from '../../errors/approval-not-found-error';
import { ApprovalOwnError } from '../../errors/approval-own-error';
import { RoleRequiredError } from '../../errors/role-required-error';
import { APPROVAL_STATES, approvalState, type ApprovalRecord, type Verdict } from '../../model/approval';
import { isAtLeast } from '../../model/role';
import { versionChanges } from '../definitions/kept-definition';
import { wakeApproval } from '../approvals/wake-approval';
import type { TriggerServices } from '../trigger-services';
import { identify, isRequester } from './caller';
import { addressOf, type Answer, type Route } from './handle';
import { readBody, readQuery } from './read-request';
import { requireRole } from './require-role';

export const approvalsQuery = z.strictObject({
  state: z.enum(APPROVAL_STATES).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});
export const decisionBody = z.strictObject({
  decision: z.enum(['approve', 'reject', 'withdraw']),
  reason: z.string().min(1).max(500),
});
const VERDICTS: Readonly<Record<z.infer<typeof decisionBody>['decision'], Verdict>> = {
  approve: 'approved',
  reject: 'rejected',
  withdraw: 'withdrawn',
};
/** `GET /api/approvals`: newest first. */
export const listApprovals: Route = async (services, request) => {
  const { state, limit } = readQuery(request, approvalsQuery);
  // What was just deployed is asked for before it is listed; where the folder is invalid there is nothing to ask for.
  await services.definitions.runnable().catch(() => undefined);
  const records = await services.stores.approvals.list({ limit, ...(state !== undefined && { state }) });
  return { jsonBody: { approvals: records.map(shownApproval) } };
};

/** `GET /api/approvals/{id}`: with what would change. */
export const getApproval: Route = async (services, request) => {
  const record = await findApproval(services, request.params['id'] ?? '');
  const changes = await changesOf(services, record);
  return {
    jsonBody: { ...shownApproval(record), ...(changes !== null && { changes }) },
    ...(record.end === null ? { headers: { 'Retry-After': '5' } } : {}),
  };
};

/** `POST /api/approvals/{id}/decision`: an approver who did not ask for it says yes or no; who asked for it, or an approver, takes it back. */
export const decideApproval: Route = async (services, request, client) => {
  const { decision, reason } = await readBody(request, decisionBody);
  if (decision !== 'withdraw') requireRole(services, request, 'approver');
  const { stores, clock } = services;
  const record = await findApproval(services, request.params['id'] ?? '');
  const caller = identify(services, request);
  const { name: by, role } = caller;
  const isOwn = isRequester(caller, record);
  if (decision === 'approve' && isOwn) throw new ApprovalOwnError(record.id, by);
  if (decision === 'withdraw' && !isOwn) {
    if (!isAtLeast(role, 'approver')) throw new RoleRequiredError(by, 'approver', role);
  }
  // The deadline may have passed without its orchestration having noticed.
  const late = record.decision === null && clock.now() >= record.deadlineAt;
  const [at, verdict] = [clock.now(), late ? 'expired' : VERDICTS[decision]] as const;
  const taken = late
    ? { verdict, by: 'deadline', at, reason: `nobody decided until ${record.deadlineAt}` }
    : { verdict, by, at, reason };
  const stands = record.decision ?? (await stores.approvals.decide(record.id, taken));
  const isMine = stands.verdict === taken.verdict && stands.by === taken.by && stands.at === taken.at;
  if (isMine) {
    await stores.audit.append({
      at,
      action: `approval-${verdict}`,
      by: taken.by,
      subject: record.id,
      detail: { kind: record.action.kind, summary: record.summary, requester: record.requester, reason: taken.reason },
      correlationId: record.correlationId,
    });
  }
  // The same decision of the same person again is a request that was repeated; it wakes what may have missed it.
  await wakeApproval(client, record);
  const isRepeated = stands.verdict === VERDICTS[decision] && stands.by === by;
  if (!isMine && !isRepeated) throw new ApprovalDecidedError(record.id, stands);
  if (late) throw new ApprovalDecidedError(record.id, stands);
  return waitingAnswer(request, await findApproval(services, record.id));
};

/** The answer of a route whose work waits for an approval, or follows from one. */
export function waitingAnswer(request: HttpRequest, record: ApprovalRecord): Answer {
  const approval = addressOf(request, `approvals/${record.id}`);
  return {
    status: 202,
    headers: { Location: approval, 'Retry-After': '5' },
    jsonBody: { approval: shownApproval(record), links: { approval, decision: `${approval}/decision` } },
  };
}

async function findApproval({ stores }: TriggerServices, id: string): Promise<ApprovalRecord> {
  const record = /^ap-[0-9a-f]{24}$/.test(id) ? await stores.approvals.get(id) : null;
  if (record === null) throw new ApprovalNotFoundError(id);
  return record;
}

export function shownApproval(record: ApprovalRecord) {
  const { id, action, environment, requester, requestedAt, deadlineAt, reason, summary, decision, end } = record;
  return {
    approval: id,
    state: approvalState(record),
    summary,
    action,
    environment,
    requester,
    requestedAt,
    deadlineAt,
    reason,
    decision,
    end,
  };
}

/** What each definition would say otherwise than what runs use now; null for what changes no definition, or nobody waits for any more. */
async function changesOf(services: TriggerServices, { action, decision }: ApprovalRecord) {
  if (decision !== null || (action.kind !== 'change' && action.kind !== 'activation')) return null;
  const wanted = action.kind === 'change' ? action.versions : { [action.pipeline]: action.hash };
  const { stores, environment } = services;
  const heads = await stores.definitions.heads(environment);
  return Promise.all(
    Object.entries(wanted).map(async ([pipeline, hash]) => {
      const head = heads.get(pipeline)?.value;
      const before = head?.pin?.over === head?.deployed ? (head?.pin?.hash ?? null) : (head?.approved ?? null);
      const after = await stores.definitions.get(environment, pipeline, hash);
      if (after === null) return { pipeline, before, after: hash, count: 0, differences: [] };
      const old = before === null ? null : await stores.definitions.get(environment, pipeline, before);
      return { pipeline, before, after: hash, ...(await versionChanges(stores, old, after)) };
    }),
  );
}
