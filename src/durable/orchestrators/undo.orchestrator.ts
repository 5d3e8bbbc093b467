import type { OrchestrationContext } from 'durable-functions';
import { PATIENT } from '../../resilience/retry-policy';
import { ACTIVITIES } from '../contracts/names';
import type { EndUndoInput, UndoInput, UndonePipeline } from '../contracts/undo';
import { callWithRetries } from './call-with-retries';
import type { Durable } from './durable';

const TRIES = { policy: PATIENT };

/** Takes back what a run published, one pipeline after the other, until one cannot be. Input: `UndoInput`. */
export function* undoOrchestrator(context: OrchestrationContext): Durable<Omit<EndUndoInput, 'by' | 'reason'>> {
  const { runId, plan, pipelines, by, reason } = context.df.getInput<UndoInput>();
  const undone: UndonePipeline[] = [];
  for (const pipeline of pipelines) {
    const { outcome } = yield* callWithRetries(
      context,
      ACTIVITIES.undoLoad,
      { runId, plan, pipeline, together: pipelines, by, reason },
      TRIES,
    );
    if (!outcome.ok) {
      const { failure } = outcome;
      yield* callWithRetries(
        context,
        ACTIVITIES.endUndo,
        { runId, by, reason, status: 'Failed', undone, failure },
        TRIES,
      );
      return { runId, status: 'Failed', undone, failure };
    }
    undone.push(outcome.value);
  }
  yield* callWithRetries(
    context,
    ACTIVITIES.endUndo,
    { runId, by, reason, status: 'Succeeded', undone, failure: null },
    TRIES,
  );
  return { runId, status: 'Succeeded', undone, failure: null };
}
