import type { ArtifactRef } from '../../model/artifact';
import type { Partition } from '../../model/slice';
import type { Step } from '../../model/status';
import type { PartitionInput, WindowManifest } from '../contracts/activities';
import type { PipelinePlan } from '../contracts/pipeline-plan';
import type { ActivityServices } from './activity-services';

/** The pipeline plan and the partition that an activity works on. */
export async function partitionOfPlan(
  services: ActivityServices,
  input: PartitionInput,
): Promise<{ readonly plan: PipelinePlan; readonly partition: Partition }> {
  const plan = await services.stores.artifacts.getJson<PipelinePlan>(input.pipelinePlan);
  const partition = plan.partitions[input.partition];
  if (partition === undefined)
    throw new RangeError(`The plan of ${plan.pipeline} has no partition ${input.partition}.`);
  return { plan, partition };
}

/** What the step before made of the same partition. */
export async function resultInManifest<Result extends { readonly partition: number }>(
  services: ActivityServices,
  manifest: ArtifactRef | { readonly path: string; readonly bytes: number; readonly sha256: string },
  partition: number,
): Promise<Result> {
  const { results } = await services.stores.artifacts.getJson<WindowManifest<Result>>(manifest);
  const found = results.find((result) => result.partition === partition);
  if (found === undefined) throw new RangeError(`The manifest ${manifest.path} has no partition ${partition}.`);
  return found;
}

/** Tells the live progress that a partition has taken a step. */
export async function partitionDone(
  services: ActivityServices,
  input: PartitionInput,
  done: { readonly step: Step; readonly total: number; readonly rows: number; readonly bytes: number },
): Promise<void> {
  const { runId, pipeline, partition } = input;
  const { step, total, rows, bytes } = done;
  await services.stores.runs.progress({
    runId,
    pipeline,
    step,
    partition,
    totalPartitions: total,
    rows,
    bytes,
    at: services.now(),
  });
}
