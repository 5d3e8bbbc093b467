import type { RunPlan } from '../config/project';
import type { MasterInput } from '../durable/contracts/orchestrations';
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
    steering: Object.fromEntries(running.map((name) => [name, steeringOf(plan.project, name)])),
    maxParallel: plan.maxParallel,
  };
}
