import type { RunPlan } from '../../config/project';
import type { ActivityServices } from './activity-services';

/** Why a run leaves a pipeline alone; null when neither it nor all are paused, or the run was started although it is. */
export async function pausedReason(
  { stores }: Pick<ActivityServices, 'stores'>,
  { evenPaused = false }: Pick<RunPlan, 'evenPaused'>,
  pipeline: string,
): Promise<string | null> {
  const pause = evenPaused ? null : await stores.pauses.effective(pipeline);
  return pause === null ? null : `paused by ${pause.by}: ${pause.reason}`;
}
