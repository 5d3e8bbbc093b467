import { z } from 'zod';
import type { RunRecord } from '../../durable/contracts/run-record';
import { RunCancelledError } from '../../errors/run-cancelled-error';
import { RunEndedError } from '../../errors/run-ended-error';
import { toFailure } from '../../errors/to-failure';
import { isEnded } from '../../model/status';
import { closeRun } from '../close-run';
import { endTree } from '../end-tree';
import type { Orchestrations, TriggerServices } from '../trigger-services';
import { callerOf } from './caller';
import { confirmation, requireConfirmation } from './guards';
import { addressOf, type Route } from './handle';
import { readBody } from './read-request';
import { findRun } from './read-runs';

export const cancelBody = z.strictObject({
  reason: z.string().max(500).default(''),
  force: z.boolean().default(false),
  confirm: confirmation,
});

/**
 * `POST /api/runs/{id}/cancel`: leaves an intent, on which the run ends through its own clean-up before its next effect.
 * `force` ends all of its orchestrations at once, without clean-up; a commit that is under way may still happen.
 */
export const cancelRun: Route = async (services, request, client) => {
  const { reason, force, confirm } = await readBody(request, cancelBody);
  const run = await findRun(services, request.params['id'] ?? '');
  requireConfirmation(services, request, { action: 'force', names: force ? [run.runId] : [], confirm });
  const by = callerOf(services, request);
  const now = services.clock.now();
  const asked = !isEnded(run.status) && (await services.stores.runs.requestCancel(run.runId, by, reason, now));
  if (!asked) {
    const { status } = await findRun(services, run.runId);
    throw new RunEndedError(run.runId, status);
  }
  await services.stores.audit.append({
    at: now,
    action: 'run-cancelled',
    by,
    subject: run.runId,
    detail: { reason, force },
    correlationId: run.correlationId,
  });
  const terminated = force ? await endAtOnce(services, client, run, by) : [];
  const location = addressOf(request, `runs/${run.runId}`);
  return {
    status: 202,
    headers: { Location: location, 'Retry-After': '2' },
    jsonBody: { runId: run.runId, cancelRequestedAt: now, forced: force, terminated, links: { run: location } },
  };
};

async function endAtOnce(
  services: TriggerServices,
  client: Orchestrations,
  run: RunRecord,
  by: string,
): Promise<readonly string[]> {
  const terminated = await endTree(services, client, run);
  // It may have come to its own end meanwhile.
  const { status } = await findRun(services, run.runId);
  if (!isEnded(status)) {
    const failure = toFailure(new RunCancelledError(), { runId: run.runId }, 'unknown');
    await closeRun(services, run, 'Cancelled', failure, by);
  }
  return terminated;
}
