import type { OrchestrationContext } from 'durable-functions';
import type { Failure } from '../../model/failure';
import { PATIENT } from '../../resilience/retry-policy';
import { ACTIVITIES } from '../contracts/names';
import type { PipelineInput } from '../contracts/orchestrations';
import { callWithRetries } from './call-with-retries';
import type { Durable } from './durable';
import { pipelineScope } from './pipeline-scope';
import { logOnce } from './replay-safe-log';

/** How to take back what a step left behind. Gives the failure when that could not be done. */
export interface Compensation {
  readonly name: string;
  run(context: OrchestrationContext): Durable<Failure | null>;
}

/** Removes the run's staging from the target. */
export function discardStaging(input: PipelineInput): Compensation {
  return {
    name: ACTIVITIES.discardStaging,
    *run(context) {
      const tries = { policy: PATIENT };
      const { outcome } = yield* callWithRetries(context, ACTIVITIES.discardStaging, pipelineScope(input), tries);
      return outcome.ok ? null : outcome.failure;
    },
  };
}

/** Runs the compensations, the last step's first, all of them. Whether everything was taken back. */
export function* compensate(context: OrchestrationContext, undo: readonly Compensation[]): Durable<boolean> {
  let clean = true;
  for (const compensation of [...undo].reverse()) {
    const failure = yield* compensation.run(context);
    if (failure) {
      clean = false;
      logOnce(context, 'warn', 'compensation-failed', { compensation: compensation.name, code: failure.code });
    }
  }
  return clean;
}
