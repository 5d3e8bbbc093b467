import type { PipelineScope } from '../contracts/scope';

/** What activities are told of a pipeline in a run, out of an orchestration's larger input. */
export function pipelineScope({ runId, plan, correlationId, runStartedAt, pipeline }: PipelineScope): PipelineScope {
  return { runId, plan, correlationId, runStartedAt, pipeline };
}
