import { z } from 'zod';
import { isEnded } from '../../model/status';
import type { BackfillStatus } from '../../model/backfill';
import { BackfillEndedError } from '../../errors/backfill-ended-error';
import { BackfillNotFoundError } from '../../errors/backfill-not-found-error';
import { InvalidRequestError } from '../../errors/invalid-request-error';
import { UnknownPipelineError } from '../../errors/unknown-pipeline-error';
import type { BackfillRecord } from '../../state/stores';
import type { Guards } from '../../config/schema/guards';
import type { ApprovalRecord } from '../../model/approval';
import { requestApproval } from '../approvals/request-approval';
import { checkBackfill, startBackfill, type BackfillStart } from '../backfills/start-backfill';
import type { Orchestrations, TriggerServices } from '../trigger-services';
import { waitingAnswer } from './approvals';
import { callerOf, requesterOf } from './caller';
import { confirmation, guardsOf, requireConfirmation, waitsForApproval } from './guards';
import { addressOf, type Route } from './handle';
import { refusePaused } from './pause-pipeline';
import { readBody, readQuery } from './read-request';

const bound = z.union([z.string().min(1).max(40), z.int()]);
export const startBackfillBody = z.strictObject({
  from: bound,
  to: bound,
  window: z.union([z.string().regex(/^\d+(ms|s|m|h|d)?$/, 'write a duration such as 1d, or a whole number'), z.int()]),
  maxParallel: z.int().min(1).max(16).default(1),
  stopOnFailure: z.boolean().default(false),
  reason: z.string().min(1).max(500),
  parameters: z.record(z.string(), z.union([z.string().max(4000), z.number(), z.boolean(), z.null()])).optional(),
  idempotencyKey: z.string().min(1).max(200).optional(),
  force: z.boolean().default(false),
  confirm: confirmation,
});
export const cancelBackfillBody = z.strictObject({ reason: z.string().max(500).default('') });
export const backfillsQuery = z.strictObject({
  pipeline: z.string().min(1).max(63).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

/** `POST /api/pipelines/{name}/backfills`: loads a span of the cursor again, window by window, each as a run. */
export const startPipelineBackfill: Route = async (services, request, client) => {
  const { parameters, idempotencyKey, force, confirm, ...span } = await readBody(request, startBackfillBody);
  const pipeline = request.params['name'] ?? '';
  if (!Object.hasOwn(services.project.load().partial.pipelines, pipeline)) {
    throw new UnknownPipelineError(pipeline, 'Look the name up in GET /api/pipelines.');
  }
  await refusePaused(services, [pipeline], force);
  requireConfirmation(services, request, { action: 'backfill', names: [pipeline], confirm });
  requireConfirmation(services, request, { action: 'force', names: force ? [pipeline] : [], confirm });
  const start: BackfillStart = {
    ...span,
    pipeline,
    by: callerOf(services, request),
    ...(force && { evenPaused: true }),
    ...(parameters !== undefined && { parameters }),
    ...(idempotencyKey !== undefined && { idempotencyKey }),
  };
  const guards = guardsOf(services);
  if (waitsForApproval(guards, 'backfill')) {
    const waiting = await askFor(services, client, guards, start, requesterOf(services, request));
    if (waiting !== null) return waitingAnswer(request, waiting);
  }
  const started = await startBackfill(services, client, start).catch(badSpan);
  const backfill = addressOf(request, `backfills/${started.id}`);
  return {
    status: 202,
    headers: { Location: backfill, 'Retry-After': '2' },
    jsonBody: {
      backfill: started.id,
      windows: started.windows,
      alreadyStarted: !started.created,
      links: { backfill, cancel: `${backfill}/cancel` },
    },
  };
};

/** The approval that a backfill waits for; null for one that is there already. What keeps it from being started is said before anybody is asked. */
async function askFor(
  services: TriggerServices,
  client: Orchestrations,
  guards: Guards,
  { evenPaused = false, by, reason, correlationId: _, ...span }: BackfillStart,
  requester: ReturnType<typeof requesterOf>,
): Promise<ApprovalRecord | null> {
  const { pipeline, idempotencyKey } = span;
  const checked = await checkBackfill(services, { ...span, by, reason }).catch(badSpan);
  if (idempotencyKey !== undefined && (await services.stores.backfills.get(checked.id)) !== null) return null;
  const [from, to] = [checked.spans[0]?.from ?? '', checked.spans.at(-1)?.to ?? ''];
  return requestApproval(services, client, guards, {
    action: { kind: 'backfill', version: checked.runnable.versions[pipeline] ?? '', evenPaused, ...span },
    subject: `${pipeline} ${idempotencyKey ?? JSON.stringify([span, by, reason])}`,
    ...requester,
    reason,
    summary: `load ${pipeline} again from ${from} to below ${to}, in ${checked.spans.length} windows`,
  });
}

function badSpan(error: unknown): never {
  if (error instanceof RangeError) throw new InvalidRequestError([{ path: 'window', message: error.message }]);
  throw error;
}

/** `GET /api/backfills`: newest first, without their windows. */
export const listBackfills: Route = async ({ stores }, request) => {
  const { pipeline, limit } = readQuery(request, backfillsQuery);
  const records = await stores.backfills.list({ limit, ...(pipeline !== undefined && { pipeline }) });
  return { jsonBody: { backfills: records.map((record) => ({ ...shown(record), windows: record.windows.length })) } };
};

/** `GET /api/backfills/{id}`: with each window, its run and how it ended. */
export const getBackfill: Route = async (services, request) => {
  const record = await findBackfill(services, request.params['id'] ?? '');
  const windows = await Promise.all(
    record.windows.map(async ({ from, to, runId }, index) => {
      const run = await services.stores.runs.get(runId);
      return {
        window: index,
        from,
        to,
        runId: run === null ? null : runId,
        status: run?.status ?? (record.end === null ? 'Queued' : 'Skipped'),
        rows: run?.counts.loaded ?? 0,
        failure: run?.failure ?? null,
      };
    }),
  );
  const counted: Record<string, number> = {};
  for (const { status } of windows) counted[status] = (counted[status] ?? 0) + 1;
  return {
    jsonBody: { ...shown(record), counted, windows },
    ...(record.end === null ? { headers: { 'Retry-After': '2' } } : {}),
  };
};

/** `POST /api/backfills/{id}/cancel`: starts no further window, and cancels those that are under way. */
export const cancelBackfill: Route = async (services, request) => {
  const { reason } = await readBody(request, cancelBackfillBody);
  const { stores, clock } = services;
  const record = await findBackfill(services, request.params['id'] ?? '');
  const [by, now] = [callerOf(services, request), clock.now()];
  const asked = await stores.backfills.requestCancel(record.id, by, reason, now);
  if (!asked) throw new BackfillEndedError(record.id, (await findBackfill(services, record.id)).end?.status ?? 'ended');
  await stores.audit.append({
    at: now,
    action: 'backfill-cancelled',
    by,
    subject: record.id,
    detail: { pipeline: record.pipeline, reason },
    correlationId: record.correlationId,
  });
  const cancelled: string[] = [];
  for (const { runId } of record.windows) {
    const run = await stores.runs.get(runId);
    if (run === null || isEnded(run.status)) continue;
    if (await stores.runs.requestCancel(runId, by, `backfill ${record.id}: ${reason}`, now)) cancelled.push(runId);
  }
  const location = addressOf(request, `backfills/${record.id}`);
  return {
    status: 202,
    headers: { Location: location, 'Retry-After': '2' },
    jsonBody: { backfill: record.id, cancelRequestedAt: now, runs: cancelled, links: { backfill: location } },
  };
};

async function findBackfill({ stores }: TriggerServices, id: string): Promise<BackfillRecord> {
  const record = /^bf-[0-9a-f]{24}$/.test(id) ? await stores.backfills.get(id) : null;
  if (record === null) throw new BackfillNotFoundError(id);
  return record;
}

function shown(record: BackfillRecord) {
  const { id, pipeline, column, from, to, window, maxParallel, stopOnFailure, reason, by, requestedAt } = record;
  const status: BackfillStatus = record.end?.status ?? 'InProgress';
  const { cancel, end } = record;
  return {
    backfill: id,
    pipeline,
    column,
    from,
    to,
    window,
    maxParallel,
    stopOnFailure,
    reason,
    by,
    requestedAt,
    status,
    endedAt: end?.endedAt ?? null,
    failure: end?.failure ?? null,
    cancel,
  };
}
