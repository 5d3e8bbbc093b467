import type { RunPlan } from '../config/project';
import type { MasterInput, PipelineSteering } from '../durable/contracts/orchestrations';
import { steeringOf } from './steering-of';

/**
 * The part of the master's input that follows from the plan; the caller adds the run's own ids and the plan's blob. `poolSlots`: partitions that may be
 * under way in the app at once, null for any number.
 */
export function masterInputOf(
  plan: RunPlan,
  run: Pick<MasterInput, 'runId' | 'plan' | 'correlationId'>,
  poolSlots: number | null = null,
): MasterInput {
  const running = plan.levels.flat();
  return {
    ...run,
    levels: plan.levels,
    dependsOn: Object.fromEntries(
      running.map((name) => [
        name,
        (plan.project.pipelines[name]?.dependsOn ?? []).filter((other) => running.includes(other)),
      ]),
    ),
    steering: Object.fromEntries(running.map((name) => [name, steeringFor(plan, name, poolSlots)])),
    maxParallel: plan.maxParallel,
  };
}

function steeringFor(
  { project, release, evenPaused }: RunPlan,
  name: string,
  poolSlots: number | null,
): PipelineSteering {
  const { runWindow, ...steering } = steeringOf(project, name, poolSlots);
  // Somebody asked for it, whatever stands against it.
  if (release === undefined) return evenPaused === true || !runWindow ? steering : { ...steering, runWindow };
  // A release asks nothing of the source: whether that can be reached is not to stop it. Skipped, its rows would be decided and not loaded.
  return {
    ...steering,
    sourceConnection: steering.targetConnection,
    ...(runWindow && { runWindow: { ...runWindow, outside: 'wait' as const } }),
  };
}
