import type { OrchestrationContext } from 'durable-functions';
import type { ArtifactRef } from '../../model/artifact';
import { WINDOW_SIZE, type FanOutStep, type SealedWindow, type StepTiming } from '../contracts/activities';
import { ORCHESTRATORS } from '../contracts/names';
import type { StageOfRoadInput, WindowInput, WindowResult } from '../contracts/orchestrations';
import type { Outcome } from '../contracts/outcome';
import { callAll } from './call-all';
import { lostChild, startChild, type Child } from './call-child';
import type { Durable } from './durable';
import { pipelineScope } from './pipeline-scope';
import { timeOf } from './wait-for';

/** Windows under way at once; each has at most 64 partitions. */
const WINDOWS_AT_ONCE = 8;

/** A step over all partitions. `manifests` are the sealed windows of the step before, in order; none for extraction. */
export interface FanOut {
  readonly step: FanOutStep;
  readonly before: readonly SealedWindow[];
  readonly exclusions: ArtifactRef | null;
  /** Told apart in instance ids when a step is done again. */
  readonly round: number;
}

/** Splits a step into windows and runs them; gives the sealed windows in order, with the step's times and totals. */
export function* fanOut(
  context: OrchestrationContext,
  input: StageOfRoadInput,
  task: FanOut,
): Durable<Outcome<{ readonly windows: readonly SealedWindow[]; readonly timing: StepTiming }>> {
  const startedAt = timeOf(context);
  const children = windowsOf(input, task);
  const done: WindowResult[] = [];
  for (let first = 0; first < children.length; first += WINDOWS_AT_ONCE) {
    const batch = children.slice(first, first + WINDOWS_AT_ONCE);
    const outcomes = yield* callAll<Outcome<WindowResult>>(
      context,
      batch.map((child) => () => startChild(context, child)),
      (error, index) => lostWindow(batch[index], error, input, task),
    );
    for (const outcome of outcomes) {
      if (!outcome.ok) return outcome;
      done.push(outcome.value);
    }
  }
  const windows = done.map((window) => window.sealed);
  const timing: StepTiming = {
    step: task.step,
    startedAt,
    endedAt: timeOf(context),
    rows: windows.reduce((sum, window) => sum + window.rows, 0),
    bytes: windows.reduce((sum, window) => sum + window.bytes, 0),
    retries: done.reduce((sum, window) => sum + window.retries, 0),
  };
  return { ok: true, value: { windows, timing } };
}

function windowsOf(input: StageOfRoadInput, { step, before, exclusions, round }: FanOut): Child[] {
  const count = Math.ceil(input.partitions / WINDOW_SIZE);
  return Array.from({ length: count }, (_, window): Child => {
    const firstPartition = window * WINDOW_SIZE;
    const windowInput: WindowInput = {
      ...pipelineScope(input),
      steering: input.steering,
      pipelinePlan: input.pipelinePlan,
      references: step === 'transform' ? input.references : [],
      exclusions,
      step,
      window,
      firstPartition,
      partitionCount: Math.min(WINDOW_SIZE, input.partitions - firstPartition),
      manifest: before[window]?.manifest ?? null,
    };
    const label = round === 0 ? `${step}-${window}` : `${step}-${window}-again-${round}`;
    return { name: ORCHESTRATORS.window, label, input: windowInput };
  });
}

function lostWindow(
  child: Child | undefined,
  error: unknown,
  input: StageOfRoadInput,
  task: FanOut,
): Outcome<WindowResult> {
  const scope = { runId: input.runId, pipeline: input.pipeline, step: task.step };
  return lostChild(child ?? { name: ORCHESTRATORS.window, label: task.step, input: {} }, error, scope);
}
