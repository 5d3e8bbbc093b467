import type { MaintenanceInput, MaintenanceReport } from '../contracts/activities';
import type { ActivityServices } from './activity-services';

/** Removes staging tables of runs that are not active, in every target of the project. */
export async function dropStaleStaging(
  services: ActivityServices,
  { dryRun }: MaintenanceInput,
): Promise<MaintenanceReport> {
  const project = services.currentProject();
  const items: string[] = [];
  if (project !== null && !dryRun) {
    const active = await services.stores.runs.active();
    const names = new Set(Object.values(project.pipelines).map(({ target }) => target.connection));
    for (const name of names) {
      const target = await services.openTarget(project, name);
      try {
        items.push(...(await target.dropStaleStaging(active)));
      } finally {
        await target.close();
      }
    }
  }
  return { task: 'drop-stale-staging', items: items.slice(0, 100), count: items.length };
}
