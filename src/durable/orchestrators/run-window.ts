import type { OrchestrationContext } from 'durable-functions';
import { ACTIVITIES } from '../contracts/names';
import { PATIENT } from '../../resilience/retry-policy';
import type { PipelineInput } from '../contracts/orchestrations';
import type { Outcome } from '../contracts/outcome';
import { callWithRetries } from './call-with-retries';
import { checkCancel } from './check-cancel';
import type { Durable } from './durable';
import { pipelineScope } from './pipeline-scope';
import { recordRun } from './record-run';
import { clockOf, waitFor } from './wait-for';

/** How often a pipeline that waits for its window looks whether its run was cancelled. */
const LOOK_MS = 15 * 60_000;

/** Whether the pipeline may begin, and until when (milliseconds since 1970; null: for good), or why it is left out. */
export type Admission =
  { readonly begin: true; readonly until: number | null } | { readonly begin: false; readonly reason: string };

/** Waits until the pipeline's run window is open, or says that it is skipped. Time zones are an activity's affair: their tables change. */
export function* awaitRunWindow(context: OrchestrationContext, input: PipelineInput): Durable<Outcome<Admission>> {
  const window = input.steering.runWindow;
  if (window === undefined) return { ok: true, value: { begin: true, until: null } };
  for (let recorded = false; ; recorded = true) {
    const asked = { ...pipelineScope(input), window, now: clockOf(context) };
    const { outcome } = yield* callWithRetries(context, ACTIVITIES.checkRunWindow, asked, { policy: PATIENT });
    if (!outcome.ok) return outcome;
    const { open, until } = outcome.value;
    if (open) return { ok: true, value: { begin: true, until } };
    const opens = new Date(until).toISOString();
    const hours = `${window.from} to ${window.to} ${window.timeZone}`;
    if (window.outside === 'skip') {
      const reason = `outside of its run window (${hours}), which opens at ${opens}`;
      return { ok: true, value: { begin: false, reason } };
    }
    const reason = `waits for its run window (${hours}), which opens at ${opens}`;
    if (!recorded) yield* recordRun(context, input, { phase: 'pipeline-waiting', pipeline: input.pipeline, reason });
    while (clockOf(context) < until) {
      yield* waitFor(context, Math.min(LOOK_MS, until - clockOf(context)));
      const cancelled = yield* checkCancel(context, input);
      if (cancelled) return { ok: false, failure: cancelled };
    }
  }
}
