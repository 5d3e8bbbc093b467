import type { OrchestrationContext } from 'durable-functions';
import type { Failure } from '../../model/failure';
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
  let failure: Failure | null = null;
  for (const pipeline of pipelines) {
    const asked = { runId, plan, pipeline, together: pipelines, by, reason };
    const { outcome } = yield* callWithRetries(context, ACTIVITIES.undoLoad, asked, TRIES);
    if (!outcome.ok) {
      ({ failure } = outcome);
      break;
    }
    undone.push(outcome.value);
  }
  const end = { status: failure === null ? 'Succeeded' : 'Failed', undone, failure } as const;
  yield* callWithRetries(context, ACTIVITIES.endUndo, { runId, by, reason, ...end }, TRIES);
  return { runId, ...end };
}
