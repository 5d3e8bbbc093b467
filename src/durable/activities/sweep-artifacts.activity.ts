import type { MaintenanceInput, MaintenanceReport } from '../contracts/activities';
import type { ActivityServices } from './activity-services';

/** Days that the artifacts of an ended run are kept. */
const KEEP_DAYS = 7;

/** Deletes artifacts of runs that ended long ago. */
export async function sweepArtifacts(services: ActivityServices, input: MaintenanceInput): Promise<MaintenanceReport> {
  const { artifacts, runs } = services.stores;
  const olderThan = new Date(Date.parse(input.now) - KEEP_DAYS * 86_400_000).toISOString();
  const items = await artifacts.sweep({ olderThan, keepRuns: await runs.active(), dryRun: input.dryRun });
  return { task: 'sweep-artifacts', items: items.slice(0, 100), count: items.length };
}
