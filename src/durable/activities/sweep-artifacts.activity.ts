import type { MaintenanceInput, MaintenanceReport } from '../contracts/activities';
import type { ActivityServices } from './activity-services';
import { blobPolicies, neededBlobs } from './retention-policies';

/**
 * Deletes and moves what policies of retention say of the container of artifacts, and takes stock of it. What a run in progress, a backfill, a version of a
 * definition or a watermark leads to is kept whatever its age.
 */
export async function sweepArtifacts(
  services: ActivityServices,
  { now, dryRun }: MaintenanceInput,
): Promise<MaintenanceReport> {
  const { artifacts, runs, usage } = services.stores;
  const active = await runs.active();
  const { names, reports, inventory } = await artifacts.retain({
    now,
    keepRuns: new Set(active),
    keepPaths: await neededBlobs(services, active),
    policyOf: blobPolicies(services.currentProject()?.pipelines ?? null),
    dryRun,
  });
  await usage.saveInventory(inventory);
  const count = reports.reduce((sum, report) => sum + report.count, 0);
  return { task: 'sweep-artifacts', items: names, count, policies: reports };
}
