import type { OrchestrationContext, Task } from 'durable-functions';
import type { PartitionResult } from '../contracts/activities';
import { ACTIVITIES, type ActivityName } from '../contracts/names';
import type { WindowInput } from '../contracts/orchestrations';
import type { Outcome } from '../contracts/outcome';
import { lostActivity, scopeOf } from './call-activity';
import { callAll } from './call-all';
import type { Durable } from './durable';
import { pipelineScope } from './pipeline-scope';

const ACTIVITY_OF = {
  extract: ACTIVITIES.extractPartition,
  transform: ACTIVITIES.transformPartition,
  stage: ACTIVITIES.stagePartition,
} as const satisfies Record<WindowInput['step'], ActivityName>;

/** Runs the step's activity for some partitions of a window at once, and waits for all of them. */
export function* runWave(
  context: OrchestrationContext,
  window: WindowInput,
  partitions: readonly number[],
): Durable<Outcome<PartitionResult>[]> {
  const name = ACTIVITY_OF[window.step];
  const inputs = partitions.map((partition) => inputOf(window, partition));
  return yield* callAll<Outcome<PartitionResult>>(
    context,
    inputs.map((input) => (): Task => context.df.callActivity(name, input)),
    (error, index) => lostActivity(name, error, scopeOf(inputs[index] ?? {})),
  );
}

function inputOf(window: WindowInput, partition: number): object {
  const common = { ...pipelineScope(window), pipelinePlan: window.pipelinePlan, partition };
  switch (window.step) {
    case 'extract':
      return common;
    case 'transform':
      return { ...common, manifest: window.manifest, references: window.references };
    case 'stage':
      return { ...common, manifest: window.manifest, exclusions: window.exclusions };
  }
}
