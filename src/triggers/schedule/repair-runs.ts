import { OrchestrationRuntimeStatus } from 'durable-functions';
import type { MasterResult } from '../../durable/contracts/orchestrations';
import type { RunRecord } from '../../durable/contracts/run-record';
import { OrchestrationLostError } from '../../errors/orchestration-lost-error';
import { toFailure } from '../../errors/to-failure';
import { isEnded } from '../../model/status';
import { closeRun } from '../close-run';
import { endTree } from '../end-tree';
import { instanceStatus, isUnderWay } from '../instance-status';
import { startMaster } from '../start-run';
import { repairApprovals } from '../approvals/repair-approvals';
import { repairBackfills } from '../backfills/repair-backfills';
import type { Orchestrations, TriggerServices } from '../trigger-services';

/** A start takes seconds: a run that is still queued after this was left behind, or waits behind others. */
const START_TIMEOUT_MS = 60_000;

/**
 * Starts the runs whose start record was written but whose orchestration was never started, and closes those whose
 * orchestration ended without recording it, as one does that a restarting worker takes down.
 */
export async function repairRuns(services: TriggerServices, client: Orchestrations): Promise<void> {
  const { stores, log } = services;
  await careful(services, 'unstarted', async () => {
    for (const { runId, masterInput } of await stores.runs.unstarted(START_TIMEOUT_MS)) {
      if ((await instanceStatus(client, runId)) !== null) continue;
      await startMaster(client, runId, masterInput);
      log.warn('run-start-repaired', { runId });
    }
  });
  await careful(services, 'backfills', () => repairBackfills(services, client));
  await careful(services, 'approvals', () => repairApprovals(services, client));
  await careful(services, 'lost', async () => {
    for (const runId of await stores.runs.active()) await closeIfLost(services, client, runId);
  });
}

async function closeIfLost(services: TriggerServices, client: Orchestrations, runId: string): Promise<void> {
  const instance = await instanceStatus(client, runId);
  if (isUnderWay(instance)) return;
  // Read after the instance: a run that recorded its end before it ended is seen to have done so.
  const run = await services.stores.runs.get(runId);
  if (run === null || isEnded(run.status)) return;
  // Not started yet, which is the other repair's business.
  if (instance === null && run.status === 'Queued') return;
  const result =
    instance?.runtimeStatus === OrchestrationRuntimeStatus.Completed ? (instance.output as MasterResult | null) : null;
  if (result !== null && isEnded(result.status)) {
    await closeRun(services, run, result.status, firstFailure(run), 'tick');
  } else {
    const lost = new OrchestrationLostError('The run', instance?.output ?? 'its orchestration is gone');
    await closeRun(services, run, 'Failed', toFailure(lost, { runId }), 'tick');
  }
  // What is left of its tree must not go on, and its pipelines are free for the next run.
  await endTree(services, client, run);
  services.log.warn('run-closed', { runId, runtimeStatus: instance?.runtimeStatus ?? 'none' });
}

function firstFailure(run: RunRecord) {
  return run.pipelines.find(({ failure }) => failure !== null)?.failure ?? null;
}

async function careful({ log }: TriggerServices, what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { code, message } = toFailure(error);
    log.error('repair-failed', { what, code, message });
  }
}
