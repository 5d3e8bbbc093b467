import { durationMs } from '../model/duration';
import type { Project } from '../config/project';
import type { BreakerPolicy } from '../durable/contracts/entities';
import type { PipelineSteering } from '../durable/contracts/orchestrations';

/** What an orchestration needs to know of a pipeline; `poolSlots` are those of the app. Throws `RangeError` for a name that the project does not have. */
export function steeringOf(project: Project, name: string, poolSlots: number | null = null): PipelineSteering {
  const pipeline = Object.hasOwn(project.pipelines, name) ? project.pipelines[name] : undefined;
  if (pipeline === undefined) throw new RangeError(`there is no pipeline '${name}'`);
  return {
    onOverlap: pipeline.concurrency.onOverlap,
    retry: pipeline.retry,
    sourceConnection: breakerPolicyOf(project, pipeline.source.connection),
    targetConnection: breakerPolicyOf(project, pipeline.target.connection),
    turn: { priority: pipeline.priority, poolSlots },
    ...(pipeline.runWindow !== undefined && { runWindow: pipeline.runWindow }),
  };
}

/** A connection's breaker with durations in milliseconds. Throws `RangeError` for an unknown connection. */
export function breakerPolicyOf(project: Project, name: string): BreakerPolicy {
  const connection = Object.hasOwn(project.connections, name) ? project.connections[name] : undefined;
  if (connection === undefined) throw new RangeError(`there is no connection '${name}'`);
  const { failureRate, minimumCalls, window, openFor, whenOpen, maxWait } = connection.breaker;
  return {
    connection: name,
    failureRate,
    minimumCalls,
    windowMs: durationMs(window),
    openForMs: durationMs(openFor),
    whenOpen,
    maxWaitMs: durationMs(maxWait),
    ...(connection.maxPartitions !== undefined && { maxPartitions: connection.maxPartitions }),
  };
}
