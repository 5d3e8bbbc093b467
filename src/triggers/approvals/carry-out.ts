import { ApprovalOutdatedError } from '../../errors/approval-outdated-error';
import { RunNotFoundError } from '../../errors/run-not-found-error';
import type { ApprovalAction, ApprovalRequest } from '../../model/approval';
import { startBackfill } from '../backfills/start-backfill';
import { activateVersion, approveDeployed } from '../definitions/activate-version';
import { decidedRows, isReleaseBegun, requestRelease } from '../review/request-release';
import { wakeReview } from '../review/wake-review';
import type { Orchestrations, TriggerServices } from '../trigger-services';
import { startUndo } from '../undo/start-undo';

/**
 * Does what was approved, in the name of whoever asked for it; gives what was started. Done again, it starts nothing again.
 * @throws {ApprovalOutdatedError} where things are not as they were when it was asked for, and whatever keeps it from being done.
 */
export async function carryOut(
  services: TriggerServices,
  client: Orchestrations,
  { id, action, requester: by, reason: asked }: ApprovalRequest,
  approver: string,
): Promise<Record<string, string | number>> {
  const reason = `${asked} (${id}, approved by ${approver})`.slice(0, 500);
  switch (action.kind) {
    case 'change':
      await approveDeployed(services, action.versions, { by: approver, reason });
      return { pipelines: Object.keys(action.versions).length };
    case 'activation': {
      const { pipeline, hash } = action;
      await activateVersion(services, { pipeline, hash, by, reason });
      return { pipeline, hash };
    }
    case 'undo': {
      const run = await services.stores.runs.get(action.runId);
      if (run === null) throw new RunNotFoundError(action.runId);
      await startUndo(services, client, run, { by, reason });
      return { run: action.runId };
    }
    case 'backfill':
      return backfill(services, client, action, { id, by, reason });
    case 'release': {
      const { batch, rows, digest } = action;
      // Begun by an attempt that died before it could say so: then its rows are taken, or loaded, by now.
      if (await isReleaseBegun(services, batch, id)) {
        await wakeReview(services, client, batch);
        return { batch, rows };
      }
      const decided = await decidedRows(services, batch);
      if (decided.rows > rows) {
        throw new ApprovalOutdatedError(
          `${decided.rows} rows of ${batch} are decided, and ${rows} were when it was asked for.`,
        );
      }
      if (digest !== undefined && decided.digest !== digest) {
        throw new ApprovalOutdatedError(`Rows of ${batch} were edited or decided anew after it was asked for.`);
      }
      await requestRelease(services, client, batch, { by, reason, most: rows, id });
      return { batch, rows: decided.rows };
    }
  }
}

async function backfill(
  services: TriggerServices,
  client: Orchestrations,
  action: Extract<ApprovalAction, { kind: 'backfill' }>,
  { id, by, reason }: { readonly id: string; readonly by: string; readonly reason: string },
): Promise<Record<string, string | number>> {
  const { kind: _, version, evenPaused, idempotencyKey = id, ...span } = action;
  const { versions } = await services.definitions.runnable();
  if (versions[action.pipeline] !== version) {
    throw new ApprovalOutdatedError(`Runs of ${action.pipeline} use another version now than when it was asked for.`);
  }
  const started = await startBackfill(services, client, {
    ...span,
    idempotencyKey,
    by,
    reason,
    ...(evenPaused && { evenPaused }),
  });
  return { backfill: started.id, windows: started.windows };
}
