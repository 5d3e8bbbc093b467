import { durationMs } from '../../model/duration';
import type { MaintenanceInput, MaintenanceReport } from '../contracts/activities';
import type { ActivityServices } from './activity-services';

/** Days that the artifacts of an ended run are kept. */
const KEEP_DAYS = 7;

/** Deletes artifacts of runs that ended long ago. */
export async function sweepArtifacts(services: ActivityServices, input: MaintenanceInput): Promise<MaintenanceReport> {
  const { artifacts, runs } = services.stores;
  const olderThan = new Date(Date.parse(input.now) - KEEP_DAYS * 86_400_000).toISOString();
  const pipelines = Object.values(services.currentProject()?.pipelines ?? {});
  // A project that cannot be read says nothing about retention: then nothing that was quarantined is deleted.
  const days = pipelines.map(({ quarantine }) => durationMs(quarantine.retention));
  const retentionMs = pipelines.length === 0 ? Infinity : Math.max(...days);
  const quarantineOlderThan = new Date(Math.max(0, Date.parse(input.now) - retentionMs)).toISOString();
  const items = await artifacts.sweep({
    olderThan,
    quarantineOlderThan,
    keepRuns: await runs.active(),
    dryRun: input.dryRun,
  });
  return { task: 'sweep-artifacts', items: items.slice(0, 100), count: items.length };
}
