import type { OrchestrationContext } from 'durable-functions';
import { toFailure } from '../../errors/to-failure';
import type { Failure } from '../../model/failure';
import type { Status } from '../../model/status';
import type { PipelineResult } from '../contracts/activities';
import { ORCHESTRATORS } from '../contracts/names';
import type { MasterInput, MasterResult, PipelineInput } from '../contracts/orchestrations';
import type { Outcome } from '../contracts/outcome';
import type { RunScope } from '../contracts/scope';
import { callAll } from './call-all';
import { lostChild, startChild, type Child } from './call-child';
import type { Durable } from './durable';
import { ended, endedBy, newJourney } from './journey';
import { masterStatus } from './master-status';
import { recordRun } from './record-run';
import { runStatus } from './run-status';
import { timeOf } from './wait-for';

/**
 * A run: the pipelines level by level, at most `maxParallel` at once, without those that depend on one that did not
 * succeed. Always ends by writing the run record. Input: `MasterInput`.
 */
export function* masterOrchestrator(context: OrchestrationContext): Durable<MasterResult> {
  const input = context.df.getInput<MasterInput>();
  const { runId, plan, correlationId } = input;
  const scope: RunScope = { runId, plan, correlationId, runStartedAt: timeOf(context) };
  yield* recordRun(context, scope, { phase: 'run-started' });
  const results = new Map<string, PipelineResult>();
  let unexpected: Failure | null = null;
  try {
    for (const [index, level] of input.levels.entries()) yield* runLevel(context, input, scope, index, level, results);
  } catch (error) {
    unexpected = toFailure(error, { runId });
  }
  const all = [...results.values()];
  const status: Status = unexpected ? 'Failed' : runStatus(all.map((result) => result.status));
  const first = all.find((result) => result.status === 'Failed') ?? all.find((result) => result.status === 'Cancelled');
  yield* recordRun(context, scope, { phase: 'run-ended', status, failure: unexpected ?? first?.failure ?? null });
  context.df.setCustomStatus(masterStatus(input.levels, input.levels.length, [], all));
  return { status, pipelines: all.map(({ pipeline, status: its, reason }) => ({ pipeline, status: its, reason })) };
}

function* runLevel(
  context: OrchestrationContext,
  input: MasterInput,
  scope: RunScope,
  index: number,
  level: readonly string[],
  results: Map<string, PipelineResult>,
): Durable<void> {
  const ready: string[] = [];
  for (const pipeline of level) {
    const obstacle = obstacleOf(input, pipeline, results);
    if (obstacle === null) ready.push(pipeline);
    else yield* leaveOut(context, scope, pipeline, obstacle, results);
  }
  for (let first = 0; first < ready.length; first += input.maxParallel) {
    const batch = ready.slice(first, first + input.maxParallel);
    context.df.setCustomStatus(masterStatus(input.levels, index, batch, [...results.values()]));
    const children = batch.map((pipeline) => childOf(input, scope, pipeline));
    const outcomes = yield* callAll<Outcome<PipelineResult>>(
      context,
      children.map((child) => () => startChild(context, child)),
      (error, position) => lostPipeline(children[position], error, scope, batch[position] ?? ''),
    );
    for (const [position, outcome] of outcomes.entries()) {
      const pipeline = batch[position] ?? '';
      results.set(pipeline, outcome.ok ? outcome.value : yield* closeLost(context, scope, pipeline, outcome.failure));
    }
  }
}

/** Why a pipeline is not started; null when nothing stands against it. */
function obstacleOf(
  input: MasterInput,
  pipeline: string,
  results: ReadonlyMap<string, PipelineResult>,
): { readonly status: Status; readonly reason: string } | null {
  for (const result of results.values()) {
    if (result.status === 'Cancelled') return { status: 'Cancelled', reason: 'the run was cancelled' };
  }
  for (const needed of input.dependsOn[pipeline] ?? []) {
    const status = results.get(needed)?.status;
    if (status !== undefined && status !== 'Succeeded') {
      return { status: 'Skipped', reason: `depends on ${needed}, which ended as ${status}` };
    }
  }
  return null;
}

function* leaveOut(
  context: OrchestrationContext,
  scope: RunScope,
  pipeline: string,
  obstacle: { readonly status: Status; readonly reason: string },
  results: Map<string, PipelineResult>,
): Durable<void> {
  const result = ended(newJourney(pipeline), obstacle.status, obstacle.reason);
  results.set(pipeline, result);
  yield* recordRun(context, scope, { phase: 'pipeline-ended', pipeline, result });
}

/** A pipeline that ended without an answer could not record itself. */
function* closeLost(
  context: OrchestrationContext,
  scope: RunScope,
  pipeline: string,
  failure: Failure,
): Durable<PipelineResult> {
  const result = endedBy(newJourney(pipeline), failure);
  yield* recordRun(context, scope, { phase: 'pipeline-ended', pipeline, result });
  return result;
}

function childOf(input: MasterInput, scope: RunScope, pipeline: string): Child {
  const steering = input.steering[pipeline];
  if (steering === undefined) throw new Error(`the run plan has no steering for the pipeline ${pipeline}`);
  const childInput: PipelineInput = { ...scope, pipeline, steering };
  return { name: ORCHESTRATORS.pipeline, label: pipeline, input: childInput };
}

function lostPipeline(
  child: Child | undefined,
  error: unknown,
  { runId }: RunScope,
  pipeline: string,
): Outcome<PipelineResult> {
  const lost = child ?? { name: ORCHESTRATORS.pipeline, label: pipeline, input: {} };
  return lostChild(lost, error, { runId, pipeline });
}
