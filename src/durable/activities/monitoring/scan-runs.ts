import { isEnded } from '../../../model/status';
import type { MonitoringInput, MonitoringReport } from '../../contracts/monitoring';
import type { RunRecord } from '../../contracts/run-record';
import type { ActivityServices } from '../activity-services';
import { factsOf } from './facts-of';

/** Runs that one round takes in; the next takes the others. */
const MOST = 500;
/** An entry whose run has not ended after this leads to none: its end was never recorded. */
const STALE_MS = 24 * 3_600_000;

/**
 * Takes in every run that has ended since: its entry is put down before the run's end is recorded, and taken away when the run was taken in, so that none is
 * missed, and one that is met twice changes nothing.
 */
export async function scanRuns(services: ActivityServices, { now }: MonitoringInput): Promise<MonitoringReport> {
  const { runs } = services.stores;
  let count = 0;
  for (const { runId, since } of await runs.unseen(MOST)) {
    const run = await runs.get(runId);
    if (run === null || !isEnded(run.status)) {
      // Its end is about to be recorded; or never was, and will put an entry down anew.
      if (Date.parse(now) - Date.parse(since) > STALE_MS) await runs.seen(runId);
      continue;
    }
    await takeIn(services, run);
    await runs.seen(runId);
    count += 1;
  }
  return { task: 'scan-runs', count };
}

async function takeIn({ stores }: ActivityServices, run: RunRecord): Promise<void> {
  for (const fact of factsOf(run)) await stores.facts.put(fact);
}
