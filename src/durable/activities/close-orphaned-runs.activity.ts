import { OrchestrationLostError } from '../../errors/orchestration-lost-error';
import { toFailure } from '../../errors/to-failure';
import { isEnded } from '../../model/status';
import type { MaintenanceInput, MaintenanceReport } from '../contracts/activities';
import type { ActivityServices } from './activity-services';
import type { MaintenanceClient } from './maintenance-client';

/** A start needs a moment between its record and its orchestration; the tick starts those that never got there. */
const GRACE_MS = 10 * 60_000;
const ALIVE = new Set(['Running', 'Pending', 'Suspended', 'ContinuedAsNew']);

/**
 * Closes the records of runs whose orchestration is gone or has ended without saying so, and takes back their leases: what
 * they were to load can be started again at once.
 */
export async function closeOrphanedRuns(
  services: ActivityServices,
  client: MaintenanceClient,
  { now, dryRun }: MaintenanceInput,
): Promise<MaintenanceReport> {
  const { runs } = services.stores;
  const closed: string[] = [];
  const limited = Object.entries(services.currentProject()?.connections ?? {}).flatMap(([name, { maxPartitions }]) =>
    maxPartitions === undefined ? [] : [name],
  );
  for (const runId of await runs.active()) {
    const status = await client.statusOf(runId);
    if (status !== null && ALIVE.has(status)) continue;
    // Read after the instance: a run that recorded its end before it ended is seen to have done so.
    const record = await runs.get(runId);
    if (record === null || isEnded(record.status)) continue;
    if (Date.parse(now) - Date.parse(record.requestedAt) < GRACE_MS) continue;
    // Recorded and never started: the tick starts it.
    if (status === null && record.status === 'Queued') continue;
    closed.push(runId);
    if (dryRun) continue;
    const failure = toFailure(new OrchestrationLostError(`The run ${runId}`, status ?? 'no such instance'), { runId });
    // The phase needs no plan; the reference says only which one it was.
    const plan = { path: '', bytes: 0, sha256: record.planHash };
    const scope = { runId, plan, correlationId: record.correlationId, runStartedAt: record.startedAt ?? now };
    await runs.record({ ...scope, phase: 'run-ended', status: 'Failed', failure }, services.now());
    for (const { pipeline } of record.pipelines) await client.releaseLease(pipeline, runId);
    for (const connection of [...limited, null]) await client.releaseSlots(connection, runId);
    services.log.warn('run-closed', { runId, status });
  }
  return { task: 'close-orphaned-runs', items: closed.slice(0, 100), count: closed.length };
}
