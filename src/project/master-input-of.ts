import type { RunPlan } from '../config/project';
import type { MasterInput, PipelineSteering } from '../durable/contracts/orchestrations';
import { steeringOf } from './steering-of';

/** The part of the master's input that follows from the plan; the caller adds the run's own ids and the plan's blob. */
export function masterInputOf(plan: RunPlan, run: Pick<MasterInput, 'runId' | 'plan' | 'correlationId'>): MasterInput {
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
    steering: Object.fromEntries(running.map((name) => [name, steeringFor(plan, name)])),
    maxParallel: plan.maxParallel,
  };
}

/** A release asks nothing of the source: whether that can be reached is not to stop it. */
function steeringFor({ project, release }: RunPlan, name: string): PipelineSteering {
  const steering = steeringOf(project, name);
  return release === undefined ? steering : { ...steering, sourceConnection: steering.targetConnection };
}
