import type { Project } from '../../config/project';
import type { ScheduleConfig } from '../../config/schema/pipeline';
import { toFailure } from '../../errors/to-failure';
import { beginReviews } from '../review/begin-reviews';
import { startKeyOf } from '../start-key';
import { startRun } from '../start-run';
import type { Orchestrations, TriggerServices } from '../trigger-services';
import { dueTimes } from './due-times';
import { measureState } from './measure-state';
import { repairRuns } from './repair-runs';

/**
 * What happens every minute: starts what is due, and mends runs that lost their orchestration. Several instances may tick at
 * once: each due time is one start key, so it becomes one run. What fails for one pipeline does not hold up the others.
 */
export async function scheduleTick(services: TriggerServices, client: Orchestrations): Promise<void> {
  for (const [pipeline, { trigger }] of Object.entries(await scheduledPipelines(services))) {
    if (trigger?.schedule === undefined) continue;
    try {
      await startDue(services, client, pipeline, trigger.schedule);
    } catch (error) {
      const { code, message } = toFailure(error);
      services.log.error('schedule-failed', { pipeline, code, message });
    }
  }
  await repairRuns(services, client);
  try {
    await beginReviews(services, client);
  } catch (error) {
    const { code, message } = toFailure(error);
    services.log.error('reviews-not-begun', { code, message });
  }
  await measureState(services, client);
}

/** With the schedules of the versions that runs use; of the folder, where these cannot be had: starting them says why. */
async function scheduledPipelines(services: TriggerServices): Promise<Project['pipelines']> {
  try {
    return (await services.definitions.runnable()).project.pipelines;
  } catch (error) {
    const { code, message } = toFailure(error);
    services.log.error('definitions-not-usable', { code, message });
    return services.project.load().partial.pipelines;
  }
}

async function startDue(
  services: TriggerServices,
  client: Orchestrations,
  pipeline: string,
  schedule: ScheduleConfig,
): Promise<void> {
  const { stores, clock, log } = services;
  const now = clock.now();
  const cursor = await stores.cursors.get(pipeline);
  if (cursor === null) {
    // The first tick of a new schedule: what was due before it was deployed is nobody's.
    await stores.cursors.move(pipeline, null, now);
    log.info('schedule-begun', { pipeline, from: now });
    return;
  }
  const due = dueTimes(schedule, cursor, now);
  if (due.cursor === null) return;
  for (const dueAt of due.starts) {
    const started = await startRun(services, client, {
      request: { pipelines: [pipeline] },
      trigger: { kind: 'schedule', pipeline, dueAt },
      startKey: startKeyOf({ kind: 'schedule', pipeline, dueAt }),
      by: 'schedule',
    });
    log.info(started.created ? 'schedule-started' : 'schedule-already-started', {
      pipeline,
      dueAt,
      runId: started.runId,
    });
  }
  // Last: a tick that dies before it starts the same keys again, which are then known.
  await stores.cursors.move(pipeline, cursor, due.cursor);
}
