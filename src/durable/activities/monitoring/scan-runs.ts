import { isEnded } from '../../../model/status';
import type { MonitoringInput, MonitoringReport } from '../../contracts/monitoring';
import type { RunRecord } from '../../contracts/run-record';
import type { ActivityServices } from '../activity-services';
import { alertsOfRun, keyOfCheck } from '../../../monitoring/alerts-of-run';
import { raiseAlert, resolveAlert } from '../alerts/raise-alert';
import { factsOf } from './facts-of';
import type { WatchingClient } from './watching-client';

/** Runs that one round takes in; the next takes the others. */
const MOST = 500;
/** An entry whose run has not ended after this leads to none: its end was never recorded. */
const STALE_MS = 24 * 3_600_000;

/**
 * Takes in every run that has ended since: its entry is put down before the run's end is recorded, and taken away when the run was taken in, so that none is
 * missed, and one that is met twice changes nothing.
 */
export async function scanRuns(
  services: ActivityServices,
  client: WatchingClient,
  { now }: MonitoringInput,
): Promise<MonitoringReport> {
  const { runs } = services.stores;
  let count = 0;
  for (const { runId, since } of await runs.unseen(MOST)) {
    const run = await runs.get(runId);
    if (run === null || !isEnded(run.status)) {
      // Its end is about to be recorded; or never was, and will put an entry down anew.
      if (Date.parse(now) - Date.parse(since) > STALE_MS) await runs.seen(runId);
      continue;
    }
    await takeIn(services, client, run);
    await runs.seen(runId);
    count += 1;
  }
  return { task: 'scan-runs', count };
}

async function takeIn(services: ActivityServices, client: WatchingClient, run: RunRecord): Promise<void> {
  for (const fact of factsOf(run)) await services.stores.facts.put(fact);
  for (const event of alertsOfRun(run, services.watched().pipelines)) await raiseAlert(services, event);
  await resolveOf(services, client, run);
}

/** A success ends the alerts of earlier failures; a check that holds, those of itself. */
async function resolveOf(services: ActivityServices, client: WatchingClient, run: RunRecord): Promise<void> {
  const succeeded = run.pipelines.filter(({ status }) => status === 'Succeeded');
  if (succeeded.length === 0) return;
  const names = new Set(succeeded.map(({ pipeline }) => pipeline));
  const at = run.endedAt ?? run.requestedAt;
  const holding = new Set(
    succeeded.flatMap(({ pipeline, checks }) =>
      checks.filter(({ status }) => status === 'passed').map((check) => keyOfCheck(pipeline, check)),
    ),
  );
  for (const { id, kind, pipeline, key, lastAt } of await services.stores.alerts.unresolved()) {
    if (pipeline === null || !names.has(pipeline) || lastAt > at) continue;
    if (kind !== 'run-failed' && !holding.has(key)) continue;
    const reason = kind === 'run-failed' ? `${run.runId} succeeded` : `it holds in ${run.runId}`;
    await resolveAlert(services, client, id, { by: 'sluice', at, reason });
  }
}
