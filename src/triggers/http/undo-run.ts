import { z } from 'zod';
import { requestApproval } from '../approvals/request-approval';
import { refuseNothingToUndo, startUndo } from '../undo/start-undo';
import { waitingAnswer } from './approvals';
import { callerOf, requesterOf } from './caller';
import { confirmation, guardsOf, requireConfirmation, waitsForApproval } from './guards';
import { addressOf, type Route } from './handle';
import { readBody } from './read-request';
import { findRun } from './read-runs';

export const undoBody = z.strictObject({ reason: z.string().min(1).max(500), confirm: confirmation });

/** `POST /api/runs/{id}/undo`: takes back what a run published, and pauses its pipelines; where the environment says so, once somebody else approves. */
export const undoRun: Route = async (services, request, client) => {
  const { reason, confirm } = await readBody(request, undoBody);
  const run = await findRun(services, request.params['id'] ?? '');
  requireConfirmation(services, request, { action: 'undo', names: [run.runId], confirm });
  const by = callerOf(services, request);
  const guards = guardsOf(services);
  const before = await services.stores.undos.get(run.runId);
  // One that is under way or done was approved: asking again only tells how it stands.
  if (waitsForApproval(guards, 'undo') && (before === null || before.end?.status === 'Failed')) {
    const pipelines = refuseNothingToUndo(run);
    const approval = await requestApproval(services, client, guards, {
      action: { kind: 'undo', runId: run.runId },
      subject: run.runId,
      ...requesterOf(services, request),
      reason,
      summary: `take back what ${run.runId} published of ${pipelines.join(', ')}`,
      correlationId: run.correlationId,
    });
    return waitingAnswer(request, approval);
  }
  const undo = await startUndo(services, client, run, { by, reason });
  const location = addressOf(request, `runs/${run.runId}`);
  return {
    status: 202,
    headers: { Location: location, 'Retry-After': '2' },
    jsonBody: { runId: run.runId, undo, links: { run: location } },
  };
};
