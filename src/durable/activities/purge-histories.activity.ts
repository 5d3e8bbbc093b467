import type { MaintenanceInput, MaintenanceReport } from '../contracts/activities';
import type { MaintenanceClient } from './maintenance-client';

/** Days that the history of an ended orchestration is kept; run records stay. */
const KEEP_DAYS = 30;

/** Removes histories of orchestrations that ended long ago: one oversized history must not slow the app down. */
export async function purgeHistories(
  client: MaintenanceClient,
  { now, dryRun }: MaintenanceInput,
): Promise<MaintenanceReport> {
  const until = new Date(Date.parse(now) - KEEP_DAYS * 86_400_000);
  const count = dryRun ? 0 : await client.purge(new Date(0), until);
  return { task: 'purge-histories', items: [], count };
}
