import type { OrchestrationContext } from 'durable-functions';
import { toFailure } from '../../errors/to-failure';
import type { DataState, Failure } from '../../model/failure';
import type { PipelineResult } from '../contracts/activities';
import { RUN_CANCELLED } from '../contracts/run-cancelled';
import type { PipelineInput } from '../contracts/orchestrations';
import type { Outcome } from '../contracts/outcome';
import { compensate, type Compensation } from './compensate';
import type { Durable } from './durable';
import { ended, endedBy, newJourney, type Journey } from './journey';
import { releaseLease, takeLease } from './lease';
import { recordRun } from './record-run';
import { awaitRunWindow } from './run-window';
import { travel, type Arrival } from './travel';
import { clockOf } from './wait-for';

/**
 * One pipeline of a run: one at a time by lease, along the road of the data, cleaning up behind itself when it fails
 * before the commit. Always ends with a recorded result and without the lease. Input: `PipelineInput`.
 */
export function* pipelineOrchestrator(context: OrchestrationContext): Durable<Outcome<PipelineResult>> {
  const input = context.df.getInput<PipelineInput>();
  const journey = newJourney(input.pipeline);
  let result: PipelineResult;
  try {
    result = yield* underLease(context, input, journey);
  } catch (error) {
    result = endedBy(journey, toFailure(error, { runId: input.runId, pipeline: input.pipeline }));
  }
  yield* recordRun(context, input, { phase: 'pipeline-ended', pipeline: input.pipeline, result });
  releaseLease(context, input);
  return { ok: true, value: result };
}

function* underLease(context: OrchestrationContext, input: PipelineInput, journey: Journey): Durable<PipelineResult> {
  for (;;) {
    const admission = yield* awaitRunWindow(context, input);
    if (!admission.ok) return endedBy(journey, admission.failure);
    if (!admission.value.begin) return ended(journey, 'Skipped', admission.value.reason);
    const lease = yield* takeLease(context, input);
    if (!lease.ok) return endedBy(journey, lease.failure);
    if (!lease.value.held) return ended(journey, 'Skipped', `${lease.value.holder} is loading this pipeline already`);
    const { until } = admission.value;
    if (until === null || clockOf(context) < until) break;
    // The window closed while the run waited behind another.
    releaseLease(context, input);
  }
  yield* recordRun(context, input, { phase: 'pipeline-started', pipeline: input.pipeline });

  const undo: Compensation[] = [];
  let arrival: Arrival;
  try {
    arrival = yield* travel(context, input, journey, undo);
  } catch (error) {
    const failure = toFailure(error, { runId: input.runId, pipeline: input.pipeline });
    arrival = { kind: 'failed', failure };
  }
  if (arrival.kind === 'loaded') return ended(journey, 'Succeeded', null);
  if (arrival.kind === 'paused') return ended(journey, 'Skipped', arrival.reason);
  if (arrival.kind === 'up-to-date') return ended(journey, 'Succeeded', arrival.reason);
  // The commit is the point of no return: from there on nothing is taken back.
  if (journey.published) return endedBy(journey, { ...arrival.failure, dataState: 'published' });
  const clean = yield* compensate(context, undo);
  return endedBy(journey, { ...arrival.failure, dataState: stateAfter(arrival.failure, undo.length > 0, clean) });
}

/**
 * What the target holds after a failure before the commit. Only an attempt to publish can leave that unknown: when the
 * answer to the commit was lost. A load that did commit is found in the target's ledger by the next plan.
 */
function stateAfter(failure: Failure, staged: boolean, clean: boolean): DataState {
  if (!staged) return 'nothing-loaded';
  if (failure.dataState === 'unknown' && failure.code !== RUN_CANCELLED) return 'unknown';
  return clean ? 'nothing-loaded' : 'staged-not-published';
}
